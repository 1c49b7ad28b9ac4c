// YAML as PyYAML's safe loaders read it, which is what Nodepool sees of a text.
export type { Origins } from './construct';
export * from './nodes';
export * from './read';
export { YamlSource } from './source';
export * from './values';
export * from './write';
export * from './yaml-error';
