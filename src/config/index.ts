export * from './nodepool-config';
