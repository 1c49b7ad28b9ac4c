// What manifests refer to and do not bring: found in the manifests alone, so that it is true of any of them.

/** Kinds that every Kubernetes serves; any other needs its CRD. */
const BUILT_IN = /^(v1|apps\/v1|batch\/v1|policy\/v1|autoscaling\/v2|networking\.k8s\.io\/v1|rbac\.authorization\.k8s\.io\/v1|storage\.k8s\.io\/v1|scheduling\.k8s\.io\/v1)$/;

/** A line for each kind of thing that must exist before the manifests are applied. */
export function prerequisites(objects: any[]): string[] {
  const wanted = new Map<string, Set<string>>();
  const want = (kind: string, name: string | undefined, namespace?: string) => {
    if (name === undefined || objects.some(o => o.kind === kind && o.metadata.name === name && o.metadata.namespace === namespace)) { return; }
    wanted.set(kind, (wanted.get(kind) ?? new Set()).add(namespace === undefined ? name : `${namespace}/${name}`));
  };
  for (const object of objects) {
    const namespace = object.metadata.namespace;
    if (namespace !== undefined) { want('Namespace', namespace); }
    const spec = object.spec?.template?.spec;
    if (spec) { podReferences(spec, (kind, name) => want(kind, name, kind === 'PriorityClass' ? undefined : namespace)); }
    for (const claim of object.spec?.volumeClaimTemplates ?? []) { want('StorageClass', claim.spec.storageClassName); }
  }
  const crds = new Set(objects.filter(o => !BUILT_IN.test(o.apiVersion)).map(o => `${o.kind} (${o.apiVersion})`));
  return [
    ...[...wanted].map(([kind, names]) => `${kind.padEnd(14)} ${[...names].sort().join(', ')}`),
    `${'CRDs'.padEnd(14)} ${crds.size > 0 ? [...crds].sort().join(', ') : 'none'}`,
  ];
}

function podReferences(spec: any, want: (kind: string, name?: string) => void): void {
  for (const volume of spec.volumes ?? []) {
    if (!volume.secret?.optional) { want('Secret', volume.secret?.secretName); }
    if (!volume.configMap?.optional) { want('ConfigMap', volume.configMap?.name); }
    want('PersistentVolumeClaim', volume.persistentVolumeClaim?.claimName);
  }
  for (const container of [...spec.initContainers ?? [], ...spec.containers]) {
    for (const { valueFrom } of container.env ?? []) {
      want('Secret', valueFrom?.secretKeyRef?.name);
      want('ConfigMap', valueFrom?.configMapKeyRef?.name);
    }
  }
  for (const { name } of spec.imagePullSecrets ?? []) { want('Secret', name); }
  want('PriorityClass', spec.priorityClassName);
  want('ServiceAccount', spec.serviceAccountName);
}
