import { ManifestObject } from './objects';
import { Manifests, ObjectReference } from './rule';

/** Keys of a ConfigMap or Secret: known ones, or any where they come from elsewhere. */
export type Keys = string[] | 'any';

const CLUSTER_MADE: Record<string, string[] | undefined> = {
  'kube-root-ca.crt': ['ca.crt'],
  'openshift-service-ca.crt': ['service-ca.crt'],
};

/** The keys of a ConfigMap or Secret that is there once everything is applied; undefined if it is not. */
export function providedKeys(manifests: Manifests, reference: ObjectReference): Keys | undefined {
  const external = manifests.external(reference);
  if (external) { return external.keys ?? 'any'; }
  const found = manifests.objects.flatMap(object => provides(object)
    .filter(({ kind, name }) => kind === reference.kind && name === reference.name && object.metadata?.namespace === reference.namespace)
    .map(({ keys }) => keys));
  if (found.length === 0) { return clusterMade(reference); }
  return found.includes('any') ? 'any' : found.flat();
}

/** What the cluster itself puts into every namespace. */
function clusterMade({ kind, name }: ObjectReference): Keys | undefined {
  return kind === 'ConfigMap' ? CLUSTER_MADE[name] : undefined;
}

/** The ConfigMaps and Secrets that an object is, or that a controller makes of it. */
function provides(object: ManifestObject): { kind: string; name: string; keys: Keys }[] {
  const { metadata, spec = {} } = object;
  const ownKeys = ['data', 'binaryData', 'stringData'].flatMap(field => Object.keys(object[field] ?? {}));
  switch (object.kind) {
    case 'ConfigMap': {
      const injected = metadata.annotations?.['service.beta.openshift.io/inject-cabundle'] === 'true' ? ['service-ca.crt'] : [];
      return [{ kind: 'ConfigMap', name: metadata.name, keys: [...ownKeys, ...injected] }];
    }
    case 'Secret': {
      const token = isToken(object) ? ['token', 'ca.crt', 'namespace'] : [];
      return [{ kind: 'Secret', name: metadata.name, keys: [...ownKeys, ...token] }];
    }
    case 'Service': {
      const name = metadata.annotations?.['service.beta.openshift.io/serving-cert-secret-name'];
      return name ? [{ kind: 'Secret', name, keys: ['tls.crt', 'tls.key'] }] : [];
    }
    case 'ExternalSecret':
      return [{ kind: 'Secret', name: spec.target?.name ?? metadata.name, keys: externalSecretKeys(spec) }];
    case 'SealedSecret': {
      const keys = [...Object.keys(spec.encryptedData ?? {}), ...Object.keys(spec.template?.data ?? {})];
      return [{ kind: 'Secret', name: spec.template?.metadata?.name ?? metadata.name, keys }];
    }
    case 'Certificate': {
      const formats = { CombinedPEM: 'tls-combined.pem', DER: 'key.der' } as Record<string, string>;
      const more = (spec.additionalOutputFormats ?? []).map(({ type }: any) => formats[type]);
      return [{ kind: 'Secret', name: spec.secretName, keys: ['tls.crt', 'tls.key', 'ca.crt', ...more] }];
    }
    default:
      return [];
  }
}

export function isToken(secret: ManifestObject): boolean {
  return secret.type === 'kubernetes.io/service-account-token';
}

/** A template replaces what was fetched, unless it says that it is merged. */
function externalSecretKeys(spec: any): Keys {
  const { template } = spec.target ?? {};
  if (template?.templateFrom) { return 'any'; }
  const templated = Object.keys(template?.data ?? {});
  if (templated.length > 0 && template.mergePolicy !== 'Merge') { return templated; }
  if (spec.dataFrom) { return 'any'; }
  return [...templated, ...(spec.data ?? []).map((entry: any) => entry.secretKey)];
}
