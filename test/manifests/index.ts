export { checkManifests, expectGoodManifests } from './check';
export { only, parseManifests, synthYaml } from './objects';
export { expectNoSecretValues } from './secret-values';
export type { ManifestObject } from './objects';
export type { CheckOptions, Exception, ExternalObject, ObjectReference, Violation } from './rule';
