import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { k8s } from 'cdk8s-plus-27';
import { ContainerImage } from './image';
import { propsOf } from './known-props';
import { LogLevel } from './log-level';

/** What can be set for the pods of everything that we run. */
export interface PodOptions {
  /**
   * The image of the service's own container.
   *
   * @default - the image that the service's documentation names
   */
  readonly image?: ContainerImage;

  /**
   * A registry that mirrors the others; it takes the place of the registry in the name of every image that we choose or that `image` names.
   * The images of `initContainers` and `sidecars` stay as they are.
   *
   * @default - images come from where their names say
   */
  readonly registryMirror?: string;

  /**
   * Names of Secrets of type `kubernetes.io/dockerconfigjson` in the service's namespace, for private registries.
   *
   * @default - images are pulled without credentials
   */
  readonly imagePullSecrets?: string[];

  /**
   * How much the service logs.
   *
   * @default LogLevel.INFO
   */
  readonly logLevel?: LogLevel;

  /**
   * CPU, memory and ephemeral storage of the service's own container. What is given replaces the default of that resource.
   *
   * @default - requests 100m CPU and 128Mi memory, limits 500m CPU and 2Gi memory, unless the service's documentation names others
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * Labels on every object and pod of the service. `run`, `app.kubernetes.io/name` and `app.kubernetes.io/component` are ours.
   *
   * @default - our labels only
   */
  readonly extraLabels?: { [key: string]: string };

  /**
   * Annotations on the workload and its pods.
   *
   * @default - our annotations only
   */
  readonly extraAnnotations?: { [key: string]: string };

  /**
   * Lines for the pods' `/etc/hosts`.
   *
   * @default - names are resolved by DNS alone
   */
  readonly hostAliases?: kplus.HostAlias[];

  /**
   * Environment variables of the service's own container. `NODEPOOL_…` is what `%(NODEPOOL_…)` in nodepool.yaml stands for.
   * A variable that we set too (`OS_CLIENT_CONFIG_FILE`, `KUBECONFIG`, `AWS_CONFIG_FILE`, …) has your value.
   *
   * @default - our variables only
   */
  readonly env?: { [name: string]: kplus.EnvValue };

  /**
   * More volumes, mounted into the service's own container.
   *
   * @default - our volumes only
   */
  readonly volumes?: kplus.VolumeMount[];

  /**
   * Containers that run to their end before the service starts, as Kubernetes spells them (`k8s.Container`, or with newer fields such as
   * `restartPolicy: Always`). Where `securityContext` or `imagePullPolicy` are absent they get our restricted ones.
   *
   * @default - our init containers only
   */
  readonly initContainers?: any[];

  /**
   * Containers that run beside the service, as Kubernetes spells them; completed as `initContainers` are.
   *
   * @default - our containers only
   */
  readonly sidecars?: any[];

  /**
   * Labels that a node must have.
   *
   * @default - any node
   */
  readonly nodeSelector?: { [label: string]: string };

  /**
   * Taints that the pods tolerate.
   *
   * @default - none beyond the cluster's own
   */
  readonly tolerations?: k8s.Toleration[];

  /**
   * Node and pod affinity.
   *
   * @default - the scheduler's own choice
   */
  readonly affinity?: k8s.Affinity;

  /**
   * How the pods spread over nodes and zones. A constraint without `labelSelector` selects the service's own pods.
   *
   * @default - the scheduler's own choice
   */
  readonly topologySpread?: k8s.TopologySpreadConstraint[];

  /**
   * The PriorityClass of the pods.
   *
   * @default - the cluster's default priority
   */
  readonly priorityClassName?: string;

  /**
   * How long a stopping pod may take before it is killed. At least 15 seconds.
   *
   * @default - what the service's documentation names
   */
  readonly terminationGracePeriod?: Duration;

  /**
   * The user id that the pods run as. On `Platform.OPENSHIFT` the namespace gives it; setting it there is an error.
   *
   * @default 10001
   */
  readonly runAsUser?: number;

  /**
   * The group that owns the pods' volumes. On `Platform.OPENSHIFT` the namespace gives it; setting it there is an error.
   *
   * @default - the number of `runAsUser`
   */
  readonly fsGroup?: number;
}

/**
 * What can be set for the pods of every service. Where a stack has `podDefaults` and a service its own settings, maps are merged, the
 * service's entries first, and so are `resources`, each of cpu, memory and ephemeralStorage as a whole; any other setting of the service
 * replaces the default.
 */
export interface PodSettings extends PodOptions {
  /**
   * How many pods run. 0 pauses the service.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * A statsd server for Nodepool's metrics, sent over UDP.
   *
   * @default - no metrics are sent
   */
  readonly statsd?: StatsdTarget;

  /**
   * Adds the annotations by which the Reloader operator restarts the service when a ConfigMap or Secret that it reads only at its start
   * changes. Not needed: the service sees such changes by itself.
   *
   * @default false
   */
  readonly reloader?: boolean;
}

/** Where Nodepool sends its metrics. */
export interface StatsdTarget {
  /** Host name or address. */
  readonly host: string;

  /**
   * UDP port.
   *
   * @default 8125
   */
  readonly port?: number;
}

/** The names of what can be set for all pods. */
export const POD_OPTIONS = propsOf<PodOptions>({
  image: true,
  registryMirror: true,
  imagePullSecrets: true,
  logLevel: true,
  resources: true,
  extraLabels: true,
  extraAnnotations: true,
  hostAliases: true,
  env: true,
  volumes: true,
  initContainers: true,
  sidecars: true,
  nodeSelector: true,
  tolerations: true,
  affinity: true,
  topologySpread: true,
  priorityClassName: true,
  terminationGracePeriod: true,
  runAsUser: true,
  fsGroup: true,
});

/** The names of the settings of a service. */
export const POD_SETTINGS = [...POD_OPTIONS, ...propsOf<Omit<PodSettings, keyof PodOptions>>({ replicas: true, statsd: true, reloader: true })];

/** The names of the settings of a statsd server. */
export const STATSD_PROPS = propsOf<StatsdTarget>({ host: true, port: true });

/** Settings that are about where pods run, not about what runs in them. */
const SURROUNDINGS = [
  'registryMirror', 'imagePullSecrets', 'logLevel', 'extraLabels', 'extraAnnotations', 'hostAliases', 'nodeSelector', 'tolerations', 'affinity',
  'topologySpread', 'priorityClassName', 'runAsUser', 'fsGroup',
] as const;

/** Of the defaults of Nodepool's pods, those that hold for another program too. */
export function surroundings(defaults: PodOptions): PodOptions {
  return Object.fromEntries(SURROUNDINGS.map(name => [name, defaults[name]]));
}

/** A service's own settings over a stack's defaults. Of `resources` each resource is one entry: its request and limit belong together. */
export function mergeSettings<T extends PodOptions>(defaults: PodSettings, own: T): T {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(own)) {
    if (value !== undefined) { merged[key] = value; }
  }
  for (const key of ['extraLabels', 'extraAnnotations', 'env', 'nodeSelector', 'resources'] as const) {
    // anything but two maps stays as it is, and is refused by its name later.
    if (isMap(defaults[key]) && isMap(own[key])) { merged[key] = { ...defaults[key], ...defined(own[key]) }; }
  }
  return merged as unknown as T;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function defined(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}
