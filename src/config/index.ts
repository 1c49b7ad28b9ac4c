export * from './check/finding';
export * from './nodepool-config';
export * from './provider';
export * from './structs';
