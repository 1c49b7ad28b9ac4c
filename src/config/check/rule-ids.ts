/** Rules by which the validator or the daemons refuse a configuration; docs/validation.md describes them. */
export const REFUSALS: readonly string[] = [
  'abstract-diskimage', 'backing-label', 'dedicated-spot', 'dedicated-zone', 'duplicate-diskimage', 'exclusive-keys', 'imds-import-method', 'invalid-yaml',
  'loader-only-key', 'max-age', 'missing-key', 'missing-one-of', 'missing-place', 'no-cloud', 'not-a-map', 'parent-cycle', 'undefined-diskimage',
  'undefined-label', 'undefined-parent', 'unknown-cloud', 'unknown-cloud-image', 'unknown-diskimage', 'unknown-driver', 'unknown-key', 'wrong-choice', 'wrong-key',
  'wrong-name', 'wrong-region', 'wrong-type',
];
