import { containers, group, ManifestObject, walk } from './objects';
import { Findings, Manifests, Violation } from './rule';

/** What External Secrets would write into its own objects. */
const EXTERNAL_SECRET_DEFAULTS: { at: RegExp; fields: string[] }[] = [
  { at: /^spec\.data\.\[[^\]]*\]\.remoteRef$/, fields: ['conversionStrategy', 'decodingStrategy', 'metadataPolicy'] },
  { at: /^spec\.dataFrom\.\[[^\]]*\]\.extract$/, fields: ['conversionStrategy', 'decodingStrategy', 'metadataPolicy'] },
  { at: /^spec\.target$/, fields: ['creationPolicy', 'deletionPolicy'] },
  { at: /^spec\.target\.template$/, fields: ['engineVersion', 'mergePolicy'] },
  { at: /^spec$/, fields: ['refreshInterval'] },
];

/** What is applied reads back the same: the defaults that Argo CD shows as a difference are written out. */
export function drift(manifests: Manifests): Violation[] {
  const findings = new Findings('drift');
  for (const pod of manifests.pods) {
    for (const { container, path } of containers(pod)) {
      for (const port of container.ports ?? []) {
        protocol(pod.owner, `${path}.ports[${port?.name ?? port?.containerPort}].protocol`, port, findings);
      }
    }
  }
  for (const object of manifests.objects) {
    switch (object.kind) {
      case 'Service': service(object, findings); break;
      case 'StatefulSet': claimTemplates(object, findings); break;
      case 'ServiceAccount': serviceAccount(object, findings); break;
      case 'HorizontalPodAutoscaler': autoscaler(object, manifests, findings); break;
      case 'HTTPRoute': httpRoute(object, findings); break;
      case 'ExternalSecret': externalSecret(object, findings); break;
      default:
    }
  }
  return findings.violations;
}

/** Ports are merged by number and protocol: without it server-side apply makes a second entry of the same port. */
function protocol(object: ManifestObject, path: string, port: any, findings: Findings): void {
  if (port?.protocol === undefined) { findings.add(object, path, 'protocol', undefined, 'TCP or UDP, written out'); }
}

function service(object: ManifestObject, findings: Findings): void {
  for (const port of object.spec?.ports ?? []) { protocol(object, `spec.ports[${port?.name ?? port?.port}].protocol`, port, findings); }
  if (object.spec?.type === undefined) { findings.add(object, 'spec.type', 'service-type', undefined, 'ClusterIP, written out'); }
}

/** https://github.com/argoproj/argo-cd/issues/11143 */
function claimTemplates(object: ManifestObject, findings: Findings): void {
  for (const claim of object.spec?.volumeClaimTemplates ?? []) {
    if (claim?.apiVersion !== 'v1' || claim?.kind !== 'PersistentVolumeClaim') {
      findings.add(object, `spec.volumeClaimTemplates[${claim?.metadata?.name}]`, 'claim-template', `${claim?.apiVersion}/${claim?.kind}`,
        'apiVersion: v1 and kind: PersistentVolumeClaim');
    }
  }
}

/** OpenShift adds its own entries to these lists, and Argo CD takes them out again. */
function serviceAccount(object: ManifestObject, findings: Findings): void {
  for (const list of ['imagePullSecrets', 'secrets'].filter(name => object[name] !== undefined)) {
    findings.add(object, list, 'service-account-list', object[list], 'imagePullSecrets of the pod');
  }
}

function autoscaler(object: ManifestObject, manifests: Manifests, findings: Findings): void {
  const { kind, name } = object.spec?.scaleTargetRef ?? {};
  const target = manifests.find({ kind, name, namespace: object.metadata.namespace });
  if (target?.spec?.replicas !== undefined) {
    findings.add(target, 'spec.replicas', 'replicas', target.spec.replicas, `no such field: HorizontalPodAutoscaler ${object.metadata.name} sets it`);
  }
}

/** https://github.com/argoproj/argo-cd/issues/22151 */
function httpRoute(object: ManifestObject, findings: Findings): void {
  walk(object.spec, (value: any, path) => {
    const list = path[path.length - 2];
    const fields = { backendRefs: ['group', 'kind', 'weight'], parentRefs: ['group', 'kind'] }[list] ?? [];
    missing(object, `spec.${path.join('.')}`, value, fields, findings);
  });
}

function externalSecret(object: ManifestObject, findings: Findings): void {
  if (group(object) !== 'external-secrets.io') { return; }
  walk(object, (value: any, path) => {
    const known = EXTERNAL_SECRET_DEFAULTS.find(({ at }) => at.test(path.join('.')));
    missing(object, path.join('.'), value, known?.fields ?? [], findings);
  });
}

function missing(object: ManifestObject, path: string, value: any, fields: string[], findings: Findings): void {
  for (const field of fields.filter(name => value?.[name] === undefined)) {
    findings.add(object, `${path}.${field}`, 'custom-default', undefined, 'the default of the kind, written out');
  }
}
