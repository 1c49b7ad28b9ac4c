/** Rules by which the validator or the daemons refuse a configuration; docs/validation.md describes them. */
export const REFUSALS: readonly string[] = [
  'abstract-diskimage', 'backing-label', 'dedicated-spot', 'dedicated-zone', 'duplicate-diskimage', 'exclusive-keys', 'imds-import-method', 'invalid-yaml',
  'loader-only-key', 'max-age', 'missing-key', 'missing-one-of', 'missing-place', 'no-cloud', 'not-a-map', 'parent-cycle', 'undefined-diskimage',
  'undefined-label', 'undefined-parent', 'unknown-cloud', 'unknown-cloud-image', 'unknown-diskimage', 'unknown-driver', 'unknown-key', 'wrong-choice', 'wrong-key',
  'wrong-name', 'wrong-region', 'wrong-type',
];

/** Those of them by which only the daemons refuse: they cannot be let through. */
export const LOADER_REFUSALS: ReadonlySet<string> = new Set([
  'abstract-diskimage', 'backing-label', 'dedicated-spot', 'dedicated-zone', 'imds-import-method', 'max-age', 'missing-place', 'no-cloud', 'parent-cycle',
  'unknown-cloud', 'unknown-cloud-image', 'unknown-diskimage', 'wrong-region',
]);
