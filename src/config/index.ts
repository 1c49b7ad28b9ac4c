export * from './check/finding';
export * from './nodepool-config';
