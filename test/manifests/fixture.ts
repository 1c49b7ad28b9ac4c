import * as fs from 'fs';
import * as path from 'path';
import { checkManifests } from './check';
import { ManifestObject, parseManifests } from './objects';
import { CheckOptions, Violation } from './rule';

/** A small set of manifests that keeps every rule. */
export function goodManifests(): ManifestObject[] {
  return parseManifests(goodText());
}

/** The same as text. */
export function goodText(): string {
  return fs.readFileSync(path.join(__dirname, 'good.yaml'), 'utf8');
}

/** What the good manifests need to be told. */
export const GOOD_OPTIONS: CheckOptions = {
  external: [
    { kind: 'Secret', name: 'nodepool-providers-secrets', keys: ['clouds.yaml'] },
    { kind: 'StorageClass', name: 'fast' },
  ],
  usedElsewhere: [{ kind: 'ConfigMap', name: 'dashboard' }],
  customKinds: ['gateway.networking.k8s.io/v1/HTTPRoute', 'monitoring.coreos.com/v1/PodMonitor'],
};

/** The violations that an edit to the good manifests causes, as `rule path`. */
export function afterEdit(edit: (objects: ManifestObject[]) => void, options: CheckOptions = {}): string[] {
  return violationsAfter(edit, options).map(({ rule, path: where }) => `${rule} ${where}`);
}

/** The same, whole. */
export function violationsAfter(edit: (objects: ManifestObject[]) => void, options: CheckOptions = {}): Violation[] {
  const objects = goodManifests();
  edit(objects);
  return checkManifests(objects, { ...GOOD_OPTIONS, ...options });
}
