import { containers, describe, group, join, ManifestObject, walk } from './objects';
import { Findings, Manifests, Violation } from './rule';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const CONFIG_KEY = /^(?!\.\.?$)(?!\.\.)[-._a-zA-Z0-9]{1,253}$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The syntax of `metadata.name`, kind by kind, where it is not a DNS subdomain. */
const OBJECT_NAMES: Record<string, { pattern: RegExp; limit: number; text: string }> = {
  Namespace: { pattern: LABEL, limit: 63, text: 'lower case letters, digits and "-"' },
  Service: { pattern: LABEL_1035, limit: 63, text: 'lower case letters, digits and "-", beginning with a letter' },
  // its pods' labels hold the name and a hash of up to ten characters
  StatefulSet: { pattern: LABEL, limit: 52, text: 'lower case letters, digits and "-"' },
  CronJob: { pattern: LABEL, limit: 52, text: 'lower case letters, digits and "-"' },
  Job: { pattern: LABEL, limit: 63, text: 'lower case letters, digits and "-"' },
  ...Object.fromEntries(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']
    .map(kind => [kind, { pattern: /^(?!\.\.?$)[^/%]+$/, limit: 253, text: 'no "/" and no "%"' }])),
};

/** Lists that Kubernetes merges by a key: an element given twice is refused, or silently lost. */
const KEYED_LISTS: { list: string; inside: RegExp; key: (item: any) => string | undefined }[] = [
  { list: 'env', inside: /ontainers$/, key: item => item.name },
  { list: 'volumeMounts', inside: /ontainers$/, key: item => item.mountPath?.replace(/(.)\/+$/, '$1') },
  { list: 'volumes', inside: /^spec$/, key: item => item.name },
  { list: 'imagePullSecrets', inside: /^spec$/, key: item => item.name },
  { list: 'volumeClaimTemplates', inside: /^spec$/, key: item => item.metadata?.name },
];

/** Names and labels are written as Kubernetes demands, and nothing is there twice. */
export function names(manifests: Manifests): Violation[] {
  const findings = new Findings('names');
  duplicates(manifests, findings);
  for (const object of manifests.objects) {
    objectName(object, findings);
    metadata(object, findings);
    if (object.kind === 'ConfigMap' || object.kind === 'Secret') { dataKeys(object, findings); }
    if (object.kind === 'Service') { servicePorts(object, findings); }
    if (!manifests.isCustom(object)) { keyedLists(object, findings); }
  }
  podNames(manifests, findings);
  return findings.violations;
}

function duplicates(manifests: Manifests, findings: Findings): void {
  const seen = new Set<string>();
  for (const object of manifests.objects) {
    const identity = [group(object), object.kind, object.metadata?.namespace, object.metadata?.name].join('|');
    if (seen.has(identity)) { findings.add(object, 'metadata.name', 'duplicate-object', describe(object), 'one object of a kind and name in a namespace'); }
    seen.add(identity);
  }
}

function objectName(object: ManifestObject, findings: Findings): void {
  const { pattern, limit, text } = OBJECT_NAMES[object.kind] ?? { pattern: SUBDOMAIN, limit: 253, text: 'lower case letters, digits, "-" and "."' };
  const name = object.metadata?.name;
  if (typeof name !== 'string' || !pattern.test(name) || name.length > limit) {
    findings.add(object, 'metadata.name', 'object-name', name, `at most ${limit} characters: ${text}`);
  }
  const namespace = object.metadata?.namespace;
  if (namespace !== undefined && !LABEL.test(namespace)) {
    findings.add(object, 'metadata.namespace', 'object-name', namespace, 'at most 63 characters: lower case letters, digits and "-"');
  }
}

function metadata(object: ManifestObject, findings: Findings): void {
  walk(object, (value, path) => {
    const last = path[path.length - 1];
    const isLabels = last === 'labels' || last === 'matchLabels' || last === 'nodeSelector' || (last === 'selector' && object.kind === 'Service');
    if ((!isLabels && last !== 'annotations') || !isMap(value) || path.includes('data')) { return; }
    for (const [key, text] of Object.entries(value)) {
      const where = join(...path, key);
      if (!isQualifiedName(key)) { findings.add(object, where, 'key', key, 'a name of at most 63 characters, after at most one "prefix.example.com/"'); }
      if (isLabels && typeof text === 'string' && !LABEL_VALUE.test(text)) {
        findings.add(object, where, 'label-value', text, 'at most 63 letters, digits, "-", "_" and ".", beginning and ending with a letter or digit');
      }
    }
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isQualifiedName(key: string): boolean {
  const [name, prefix, ...rest] = key.split('/').reverse();
  return rest.length === 0 && QUALIFIED_NAME.test(name) && (prefix === undefined || SUBDOMAIN.test(prefix));
}

function dataKeys(object: ManifestObject, findings: Findings): void {
  const keys = ['data', 'binaryData', 'stringData'].flatMap(field => Object.keys(object[field] ?? {}).map(key => ({ field, key })));
  for (const { field, key } of keys) {
    if (!CONFIG_KEY.test(key)) { findings.add(object, `${field}.${key}`, 'data-key', key, 'letters, digits, "-", "_" and "."'); }
    if (object.kind === 'ConfigMap' && keys.filter(other => other.key === key).length > 1) {
      findings.add(object, `${field}.${key}`, 'data-key', key, 'a key in either data or binaryData');
    }
  }
}

function servicePorts(service: ManifestObject, findings: Findings): void {
  const ports: any[] = service.spec?.ports ?? [];
  ports.forEach((port, index) => {
    const path = `spec.ports[${port.name ?? index}]`;
    if (port.name === undefined ? ports.length > 1 : !LABEL.test(port.name)) {
      findings.add(service, `${path}.name`, 'port-name', port.name, 'a name of lower case letters, digits and "-" for each of several ports');
    }
    if (typeof port.targetPort === 'string' && !PORT_NAME.test(port.targetPort)) {
      findings.add(service, `${path}.targetPort`, 'port-name', port.targetPort, 'a number, or the name of a port, at most 15 characters');
    }
    reportTwice(ports, index, other => other.name, again => findings.add(service, `${path}.name`, 'duplicate', again, 'a name for one port'));
    reportTwice(ports, index, other => `${other.port}/${other.protocol ?? 'TCP'}`, again =>
      findings.add(service, path, 'duplicate', again, 'a number and protocol for one port'));
  });
}

function keyedLists(object: ManifestObject, findings: Findings): void {
  walk(object, (value, path) => {
    for (const { list, inside, key } of KEYED_LISTS) {
      const parent = (path[path.length - 2] ?? '').startsWith('[') ? path[path.length - 3] : path[path.length - 2];
      if (path[path.length - 1] !== list || !Array.isArray(value) || !inside.test(parent ?? '')) { continue; }
      value.forEach((_, index) => reportTwice(value, index, item => item && key(item), again =>
        findings.add(object, join(...path), 'duplicate', again, 'each once in the list')));
    }
  });
}

function podNames(manifests: Manifests, findings: Findings): void {
  for (const pod of manifests.pods) {
    const all = containers(pod);
    all.forEach(({ container, path }, index) => {
      if (!LABEL.test(container.name ?? '')) {
        findings.add(pod.owner, `${path}.name`, 'container-name', container.name, 'at most 63 lower case letters, digits and "-"');
      }
      reportTwice(all, index, other => other.container.name, again => findings.add(pod.owner, path, 'duplicate', again, 'a name for one container of the pod'));
      for (const { name } of container.env ?? []) {
        if (!ENV_NAME.test(name ?? '')) { findings.add(pod.owner, `${path}.env[${name}]`, 'env-name', name, 'letters, digits and "_", no digit first'); }
      }
      for (const { mountPath } of container.volumeMounts ?? []) {
        if (!/^\/[^:]*$/.test(mountPath ?? '')) {
          findings.add(pod.owner, `${path}.volumeMounts`, 'mount-path', mountPath, 'an absolute path without ":"');
        }
      }
    });
    containerPorts(pod.owner, all.filter(({ type }) => type === 'container'), findings);
    for (const { name } of pod.spec.volumes ?? []) {
      if (!LABEL.test(name ?? '')) {
        findings.add(pod.owner, join(pod.path, 'spec', `volumes[${name}]`), 'volume-name', name, 'at most 63 lower case letters, digits and "-"');
      }
    }
  }
}

/** Kubernetes takes two containers on one port of their pod, and the second then fails to bind. */
function containerPorts(owner: ManifestObject, all: ReturnType<typeof containers>, findings: Findings): void {
  const ports = all.flatMap(({ container, path }) => (container.ports ?? []).map((port: any) => ({ port, path: `${path}.ports` })));
  ports.forEach(({ port, path }, index) => {
    if (port.name !== undefined && !PORT_NAME.test(port.name)) {
      findings.add(owner, path, 'port-name', port.name, 'at most 15 lower case letters, digits and single "-", with a letter among them');
    }
    reportTwice(ports, index, other => other.port.name, again => findings.add(owner, path, 'duplicate', again, 'a name for one port of the pod'));
    reportTwice(ports, index, other => `${other.port.containerPort}/${other.port.protocol ?? 'TCP'}`, again =>
      findings.add(owner, path, 'duplicate', again, 'a number and protocol for one port of the pod'));
  });
}

/** Calls back if an earlier element has the same key as this one. */
function reportTwice<T>(list: T[], index: number, key: (item: T) => string | undefined, report: (key: string) => void): void {
  const own = key(list[index]);
  if (own !== undefined && list.slice(0, index).some(item => key(item) === own)) { report(own); }
}
