import { Chart, Testing, Yaml } from 'cdk8s';
import { CORE_SCHEMA, loadAll, Schema, YAML11_SCHEMA } from 'js-yaml';

/** A Kubernetes object as it stands in a manifest. */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: any;
  };
  [field: string]: any;
}

/** A pod that runs or that a controller will make: what stands in a template, and where. */
export interface PodTemplate {
  readonly owner: ManifestObject;
  /** Where the template is in its owner, such as `spec.template`; empty for a Pod. */
  readonly path: string;
  readonly metadata: { name?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  readonly spec: any;
}

/** A container of a pod, and where it is in the owner, by name rather than index. */
export interface PodContainer {
  readonly path: string;
  readonly container: any;
  readonly type: 'container' | 'init' | 'ephemeral';
}

/** Visits a field, an element of a list, or the object itself (whose path is empty). */
export type Visitor = (value: unknown, path: string[]) => void;

const CLUSTER_SCOPED = new Set([
  'Namespace', 'ClusterRole', 'ClusterRoleBinding', 'StorageClass', 'PriorityClass', 'PersistentVolume', 'RuntimeClass', 'CustomResourceDefinition',
  'ClusterIssuer', 'ClusterSecretStore', 'ClusterExternalSecret', 'ClusterBundle', 'GatewayClass', 'SecurityContextConstraints',
]);

/** The objects of a YAML text; empty documents are left out. */
export function parseManifests(text: string, schema: Schema = CORE_SCHEMA): ManifestObject[] {
  return loadAll(text, { schema }).filter(document => document !== null && document !== undefined) as ManifestObject[];
}

/** The same objects as a reader of YAML 1.1 sees them, where `yes` is a boolean. */
export function parseManifestsAsYaml11(text: string): ManifestObject[] {
  return parseManifests(text, YAML11_SCHEMA);
}

/** What `cdk8s synth` writes for a chart. */
export function synthYaml(chart: Chart): string {
  return Yaml.stringify(...Testing.synth(chart));
}

/** The one object of a kind; an error names those that are there when it is none or several. */
export function only(objects: ManifestObject[], kind: string, name?: string): ManifestObject {
  const found = objects.filter(object => object.kind === kind && (name === undefined || object.metadata.name === name));
  if (found.length !== 1) {
    const wanted = name === undefined ? kind : `${kind} ${name}`;
    throw new Error(`expected one ${wanted}, found ${found.length} among: ${objects.map(describe).join(', ')}`);
  }
  return found[0];
}

/** How messages name an object: `Deployment sf/nodepool-launcher`. */
export function describe(object: ManifestObject): string {
  const namespace = object.metadata?.namespace;
  return `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${object.metadata?.name}`;
}

/** The API group of an object, empty for the core. */
export function group(object: { apiVersion: string }): string {
  return object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
}

/** Whether objects of this kind lie in no namespace. */
export function isClusterScoped(object: ManifestObject): boolean {
  return CLUSTER_SCOPED.has(object.kind) || (object.kind === 'Bundle' && group(object) === 'trust.cert-manager.io');
}

/** The pod that an object is or makes, if any. */
export function podTemplate(owner: ManifestObject): PodTemplate | undefined {
  switch (owner.kind) {
    case 'Pod':
      return { owner, path: '', metadata: owner.metadata, spec: owner.spec ?? {} };
    case 'Deployment': case 'StatefulSet': case 'DaemonSet': case 'ReplicaSet': case 'Job':
      return template(owner, 'spec.template', owner.spec?.template);
    case 'CronJob':
      return template(owner, 'spec.jobTemplate.spec.template', owner.spec?.jobTemplate?.spec?.template);
    default:
      return undefined;
  }
}

function template(owner: ManifestObject, path: string, value: any): PodTemplate {
  return { owner, path, metadata: value?.metadata ?? {}, spec: value?.spec ?? {} };
}

/** Every container of a pod: those that start it and those for debugging as well. */
export function containers(pod: PodTemplate): PodContainer[] {
  const lists = { initContainers: 'init', containers: 'container', ephemeralContainers: 'ephemeral' } as const;
  return Object.entries(lists).flatMap(([list, type]) => (pod.spec[list] ?? []).map((container: any, index: number) => ({
    path: join(pod.path, 'spec', `${list}[${container?.name ?? index}]`),
    container,
    type,
  })));
}

/** A path as messages show it; `[element]` is put on without a dot, and empty parts are left out. */
export function join(...parts: string[]): string {
  return parts.filter(part => part !== '').reduce((path, part) => path === '' || part.startsWith('[') ? path + part : `${path}.${part}`, '');
}

/** Calls the visitor for every value in a tree, with elements of a list shown by their name where they have one. */
export function walk(value: unknown, visit: Visitor, path: string[] = []): void {
  visit(value, path);
  if (Array.isArray(value)) {
    value.forEach((item, index) => walk(item, visit, [...path, `[${item?.name ?? index}]`]));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) { walk(child, visit, [...path, key]); }
  }
}
