// YAML as PyYAML's safe loaders read it, which is what Nodepool sees of a text.
export { keyOf } from './construct';
export type { DuplicateKey, MergedPairs, Origins } from './construct';
export * from './nodes';
export * from './read';
export { integerText, shortened } from './shortened';
export type { Place } from './source';
export { YamlSource } from './source';
export * from './values';
export * from './write';
export * from './yaml-error';
