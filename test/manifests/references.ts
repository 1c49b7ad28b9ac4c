import { containers, join, ManifestObject, PodTemplate, walk } from './objects';
import { isToken, Keys, providedKeys } from './provided';
import { Findings, isMeant, Manifests, ObjectReference, Violation } from './rule';

/** A ConfigMap or Secret that a pod uses, and which keys of it. */
interface DataReference extends ObjectReference {
  readonly path: string;
  readonly keys: string[];
  readonly optional: boolean;
}

/** Whatever is named is there: in the output, or listed in `external`. */
export function references(manifests: Manifests): Violation[] {
  const findings = new Findings('references');
  const used: ObjectReference[] = [];
  for (const pod of manifests.pods) {
    const data = dataOf(pod);
    used.push(...data);
    data.forEach(reference => dataReference(pod, reference, manifests, findings));
    named(pod, manifests, findings);
    mounts(pod, findings);
  }
  for (const service of manifests.ofKind('StatefulSet')) {
    const name = service.spec?.serviceName;
    if (name !== undefined) { exists(service, 'spec.serviceName', { kind: 'Service', name, namespace: service.metadata.namespace }, manifests, findings); }
  }
  for (const binding of manifests.ofKind('RoleBinding', 'ClusterRoleBinding')) { bindingReferences(binding, manifests, findings); }
  otherReferences(manifests, findings);
  unused(manifests, used, findings);
  return findings.violations;
}

function exists(object: ManifestObject, path: string, reference: ObjectReference, manifests: Manifests, findings: Findings): void {
  if (!manifests.find(reference) && !manifests.external(reference)) {
    const place = reference.namespace === undefined ? '' : ` in namespace ${reference.namespace}`;
    findings.add(object, path, 'missing', reference.name, `a ${reference.kind} of the output${place}, or one listed in external`);
  }
}

/** The ConfigMaps and Secrets that a pod names. */
function dataOf(pod: PodTemplate): DataReference[] {
  const found: DataReference[] = [];
  const namespace = pod.owner.metadata.namespace;
  const add = (kind: string, source: any, name: string, path: string, keys: string[]) => {
    if (source !== undefined) { found.push({ kind, name, namespace, path, keys, optional: source?.optional === true }); }
  };
  const itemKeys = (source: any) => (source?.items ?? []).map((item: any) => item.key);
  for (const volume of pod.spec.volumes ?? []) {
    const path = join(pod.path, 'spec', `volumes[${volume.name}]`);
    const subPaths = volume.configMap?.items || volume.secret?.items ? [] : subPathsOf(pod, volume.name);
    add('ConfigMap', volume.configMap, volume.configMap?.name, `${path}.configMap`, [...itemKeys(volume.configMap), ...subPaths]);
    add('Secret', volume.secret, volume.secret?.secretName, `${path}.secret`, [...itemKeys(volume.secret), ...subPaths]);
    for (const source of volume.projected?.sources ?? []) {
      add('ConfigMap', source.configMap, source.configMap?.name, `${path}.projected`, itemKeys(source.configMap));
      add('Secret', source.secret, source.secret?.name, `${path}.projected`, itemKeys(source.secret));
    }
  }
  for (const { container, path } of containers(pod)) {
    for (const { name, valueFrom } of container.env ?? []) {
      const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
      add('ConfigMap', configMapKeyRef, configMapKeyRef?.name, `${path}.env[${name}]`, [configMapKeyRef?.key]);
      add('Secret', secretKeyRef, secretKeyRef?.name, `${path}.env[${name}]`, [secretKeyRef?.key]);
    }
    for (const { configMapRef, secretRef } of container.envFrom ?? []) {
      add('ConfigMap', configMapRef, configMapRef?.name, `${path}.envFrom`, []);
      add('Secret', secretRef, secretRef?.name, `${path}.envFrom`, []);
    }
  }
  for (const secret of pod.spec.imagePullSecrets ?? []) { add('Secret', secret, secret.name, join(pod.path, 'spec.imagePullSecrets'), []); }
  return found;
}

function subPathsOf(pod: PodTemplate, volume: string): string[] {
  return containers(pod).flatMap(({ container }) => container.volumeMounts ?? [])
    .filter(mount => mount.name === volume && mount.subPath).map(mount => mount.subPath);
}

function dataReference(pod: PodTemplate, reference: DataReference, manifests: Manifests, findings: Findings): void {
  const provided: Keys | undefined = providedKeys(manifests, reference);
  if (provided === undefined) {
    if (!reference.optional) {
      findings.add(pod.owner, reference.path, 'missing', reference.name,
        `a ${reference.kind} of the output in namespace ${reference.namespace}, or one listed in external`);
    }
    return;
  }
  if (provided === 'any' || reference.optional) { return; }
  for (const key of reference.keys.filter(name => !provided.includes(name))) {
    findings.add(pod.owner, reference.path, 'missing-key', key, `a key of ${reference.kind} ${reference.name}: ${provided.join(', ')}`);
  }
}

/** What else the pod names. */
function named(pod: PodTemplate, manifests: Manifests, findings: Findings): void {
  const namespace = pod.owner.metadata.namespace;
  const at = (field: string) => join(pod.path, 'spec', field);
  const { serviceAccountName, priorityClassName, volumes } = pod.spec;
  if (serviceAccountName !== undefined && serviceAccountName !== 'default') {
    exists(pod.owner, at('serviceAccountName'), { kind: 'ServiceAccount', name: serviceAccountName, namespace }, manifests, findings);
  }
  if (priorityClassName !== undefined && !priorityClassName.startsWith('system-')) {
    exists(pod.owner, at('priorityClassName'), { kind: 'PriorityClass', name: priorityClassName }, manifests, findings);
  }
  for (const { name, persistentVolumeClaim } of volumes ?? []) {
    if (persistentVolumeClaim === undefined) { continue; }
    const claim = { kind: 'PersistentVolumeClaim', name: persistentVolumeClaim.claimName, namespace };
    exists(pod.owner, at(`volumes[${name}]`), claim, manifests, findings);
  }
}

/** Every mount has its volume, and every volume is mounted. */
function mounts(pod: PodTemplate, findings: Findings): void {
  const claims = (pod.owner.spec?.volumeClaimTemplates ?? []).map((claim: any) => claim.metadata?.name);
  const volumes: string[] = [...(pod.spec.volumes ?? []).map((volume: any) => volume.name), ...claims];
  const mounted = new Set<string>();
  for (const { container, path } of containers(pod)) {
    const uses = [...container.volumeMounts ?? [], ...container.volumeDevices ?? []];
    for (const { name } of uses) {
      mounted.add(name);
      if (!volumes.includes(name)) { findings.add(pod.owner, `${path}.volumeMounts`, 'volume', name, `a volume of the pod: ${volumes.join(', ')}`); }
    }
  }
  for (const name of volumes.filter(volume => !mounted.has(volume))) {
    findings.add(pod.owner, join(pod.path, 'spec', `volumes[${name}]`), 'unmounted', name, 'a volume that a container mounts');
  }
  for (const name of claims.filter((claim: string) => (pod.spec.volumes ?? []).some((volume: any) => volume.name === claim))) {
    findings.add(pod.owner, `spec.volumeClaimTemplates[${name}]`, 'volume', name, 'a name that no volume of the pod has: the claim would win');
  }
}

function bindingReferences(binding: ManifestObject, manifests: Manifests, findings: Findings): void {
  const { kind, name } = binding.roleRef ?? {};
  exists(binding, 'roleRef', { kind, name, namespace: kind === 'Role' ? binding.metadata.namespace : undefined }, manifests, findings);
  for (const subject of binding.subjects ?? []) {
    if (subject.kind !== 'ServiceAccount') { continue; }
    if (subject.namespace === undefined) {
      findings.add(binding, 'subjects', 'missing', subject.name, 'the namespace of the ServiceAccount');
    } else if (subject.name !== 'default') {
      exists(binding, 'subjects', { kind: 'ServiceAccount', name: subject.name, namespace: subject.namespace }, manifests, findings);
    }
  }
}

/** Storage classes, scale targets and the accounts of token Secrets. */
function otherReferences(manifests: Manifests, findings: Findings): void {
  for (const object of manifests.objects) {
    const claims = object.kind === 'PersistentVolumeClaim' ? [object] : object.kind === 'StatefulSet' ? object.spec?.volumeClaimTemplates ?? [] : [];
    for (const name of claims.map((claim: any) => claim?.spec?.storageClassName)) {
      if (name) { exists(object, 'storageClassName', { kind: 'StorageClass', name }, manifests, findings); }
    }
    if (object.kind === 'HorizontalPodAutoscaler') {
      const { kind, name } = object.spec?.scaleTargetRef ?? {};
      exists(object, 'spec.scaleTargetRef', { kind, name, namespace: object.metadata.namespace }, manifests, findings);
    }
    if (object.kind === 'Secret' && isToken(object)) {
      const name = object.metadata.annotations?.['kubernetes.io/service-account.name'] ?? '';
      exists(object, 'metadata.annotations', { kind: 'ServiceAccount', name, namespace: object.metadata.namespace }, manifests, findings);
    }
  }
}

/** A ConfigMap or Secret that nothing names is a leftover, or a name spelt wrongly elsewhere. */
function unused(manifests: Manifests, used: ObjectReference[], findings: Findings): void {
  const elsewhere = manifests.options.usedElsewhere ?? [];
  // other kinds, such as Ingress and all custom ones, may name it in a field of any name
  const strings = new Set<string>();
  for (const object of manifests.objects.filter(each => !['ConfigMap', 'Secret'].includes(each.kind))) {
    const { metadata: _, ...rest } = object;
    if (!manifests.pods.some(pod => pod.owner === object)) { walk(rest, value => { if (typeof value === 'string') { strings.add(value); } }); }
  }
  for (const object of manifests.ofKind('ConfigMap', 'Secret')) {
    const self = { kind: object.kind, name: object.metadata.name, namespace: object.metadata.namespace };
    const isUsed = [...used, ...elsewhere].some(reference => isMeant(reference, self)) || strings.has(self.name);
    // a token is there for whoever works with the account from outside
    if (!isUsed && !isToken(object)) {
      findings.add(object, 'metadata.name', 'unused', self.name, 'named by some object, or listed in usedElsewhere');
    }
  }
}
