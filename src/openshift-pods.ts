import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkServer, ClusterAccess } from './credentials/kubeconfig';
import { accessOf, addTokenAccount, clusterScoped } from './credentials/service-account';
import { keeping } from './workload/annotations';
import { checkAnnotations, checkBoolean, checkEnum, checkInstanceName, checkLabels, checkList, checkNamespace, checkQuantity, shown } from './workload/checks';
import { checkAll, fail } from './workload/errors';
import { checkKnownProps, propsOf } from './workload/known-props';
import { nodepoolLabels } from './workload/labels';
import { manifest, plain, quantity } from './workload/plain';

/** The levels of Pod Security. */
export enum PodSecurityLevel {
  /** Anything goes. For jobs that need privileged pods. */
  PRIVILEGED = 'privileged',

  /** No known way to more rights. What the driver's pods need, since they set no security context. */
  BASELINE = 'baseline',

  /** Hardened. The driver's pods pass only where a label of nodepool.yaml has a full `spec` of its own. */
  RESTRICTED = 'restricted',
}

/** What can be set for a namespace of job pods in a stack. */
export interface OpenshiftPodsOptions {
  /** The namespace that the job pods run in; a pool of nodepool.yaml has its name. */
  readonly namespace: string;

  /**
   * The kubeconfig context, which the provider of nodepool.yaml names.
   *
   * @default openshiftpods
   */
  readonly context?: string;

  /**
   * Renders the Namespace too, protected from pruning.
   *
   * @default true
   */
  readonly createNamespace?: boolean;

  /**
   * The URL of the API server, as the launcher and Zuul's executors reach it: Zuul runs the jobs' commands in the pods through it. Executors
   * outside the cluster need its public address; a certificate for that address must be signed by the cluster's own CA.
   *
   * @default https://kubernetes.default.svc
   */
  readonly server?: string;

  /**
   * Pod Security of the namespace. Nodepool's own pods set no security context, so `RESTRICTED` refuses them.
   *
   * @default PodSecurityLevel.BASELINE
   */
  readonly podSecurity?: PodSecurityLevel;

  /**
   * Limits for the namespace as a whole, by Kubernetes' resource names, such as `{ pods: '20', 'requests.cpu': '40' }`.
   *
   * @default - no ResourceQuota
   */
  readonly resourceQuota?: { [resource: string]: string };

  /**
   * Defaults and limits for each container, for pods whose label names no resources.
   *
   * @default - no LimitRange
   */
  readonly limitRange?: k8s.LimitRangeItem[];

  /**
   * What the job pods may reach and who may reach them, without the `podSelector`, which is all of the namespace's pods.
   *
   * @default - no NetworkPolicy
   */
  readonly networkPolicy?: JobPodsNetworkPolicy;

  /**
   * Labels on every object.
   *
   * @default - our labels only
   */
  readonly extraLabels?: { [key: string]: string };

  /**
   * Annotations on the Namespace, such as OpenShift's `openshift.io/node-selector`.
   *
   * @default - those that keep it from being pruned
   */
  readonly namespaceAnnotations?: { [key: string]: string };
}

/** A NetworkPolicy for all job pods of a namespace. */
export interface JobPodsNetworkPolicy {
  /**
   * Who may connect to the pods. Zuul comes through the API server's exec and port-forward, which no policy stops.
   *
   * @default - nobody
   */
  readonly ingress?: k8s.NetworkPolicyIngressRule[];

  /**
   * What the pods may connect to. DNS must be among it.
   *
   * @default - everything
   */
  readonly egress?: k8s.NetworkPolicyEgressRule[];
}

const OPTIONS = propsOf<OpenshiftPodsOptions>({
  namespace: true,
  context: true,
  createNamespace: true,
  server: true,
  podSecurity: true,
  resourceQuota: true,
  limitRange: true,
  networkPolicy: true,
  extraLabels: true,
  namespaceAnnotations: true,
});
const PROPS = [
  ...OPTIONS,
  ...propsOf<Omit<OpenshiftPodsNamespaceProps, keyof OpenshiftPodsOptions>>({ launcherNamespace: true, instanceName: true }),
];

/** Properties of `OpenshiftPodsNamespace`. */
export interface OpenshiftPodsNamespaceProps extends OpenshiftPodsOptions {
  /**
   * The namespace of the launcher, in the same cluster. The account and its token live there, and the RoleBinding reaches over: no
   * credential is copied.
   *
   * @default - the launcher runs in another cluster; the account and its token live in the pods' namespace
   */
  readonly launcherNamespace?: string;

  /**
   * The instance that the launcher belongs to.
   *
   * @default nodepool
   */
  readonly instanceName?: string;
}

/** Options of `OpenshiftPodsNamespace.provider`. */
export interface OpenshiftPodsProviderOptions {
  /**
   * The provider's name.
   *
   * @default - the namespace's name
   */
  readonly name?: string;

  /** The pool's labels, as nodepool.yaml spells them: each with `name` and `image`, or with `name` and `spec`. */
  readonly labels: any[];

  /**
   * How many pods run at the most.
   *
   * @default - no limit
   */
  readonly maxServers?: number;
}

/**
 * A namespace for the pods of Nodepool's `openshiftpods` driver, which works on any Kubernetes: Namespace, ServiceAccount with a token,
 * and the rights that the driver and Zuul's executors use, and no others. Every Zuul job holds the account's token: it opens this
 * namespace's pods and nothing else.
 *
 * For a launcher in another cluster leave `launcherNamespace` out, put the construct into a chart of its own for the cluster of the pods,
 * and give the launcher a kubeconfig with the token by its providers' Secret.
 */
export class OpenshiftPodsNamespace extends Construct {
  /**
   * The names of its settings in a stack.
   *
   * @internal
   */
  public static readonly _options: readonly string[] = OPTIONS;

  /** The namespace that the job pods run in. */
  public readonly namespaceName: string;

  /** The kubeconfig context. */
  public readonly context: string;

  /** What the launcher needs to reach the namespace; not set when it runs in another cluster. */
  public readonly clusterAccess?: ClusterAccess;

  /** The Namespace; not set when it exists already. */
  public readonly namespace?: ApiObject;

  /** The account that the pods are made by. */
  public readonly serviceAccount: ApiObject;

  /** The account's token, which the cluster writes into it. */
  public readonly tokenSecret: ApiObject;

  /** What the account may do. */
  public readonly role: ApiObject;

  /** Gives the rights to the account. */
  public readonly roleBinding: ApiObject;

  /** Limits of the namespace; not set without `resourceQuota`. */
  public readonly resourceQuota?: ApiObject;

  /** Limits of each container; not set without `limitRange`. */
  public readonly limitRange?: ApiObject;

  /** Who reaches whom; not set without `networkPolicy`. */
  public readonly networkPolicy?: ApiObject;

  constructor(scope: Construct, id: string, props: OpenshiftPodsNamespaceProps) {
    super(scope, id);
    const instanceName = props.instanceName ?? 'nodepool';
    const server = props.server ?? 'https://kubernetes.default.svc';
    this.namespaceName = props.namespace;
    this.context = props.context ?? 'openshiftpods';
    checkProps(this, instanceName, server, props);

    const namespace = props.namespace;
    const labels = nodepoolLabels('openshiftpods', props.extraLabels);
    // launchers of several namespaces may share the pods' namespace.
    const name = `${instanceName}-openshiftpods${props.launcherNamespace === undefined ? '' : `-${props.launcherNamespace}`}`;
    const launcherNamespace = props.launcherNamespace ?? namespace;
    if (props.createNamespace ?? true) { this.namespace = this.addNamespace(props, labels); }

    // one account for each namespace: a job of one namespace holds nothing that opens another.
    const account = addTokenAccount(this, launcherNamespace, `${instanceName}-openshiftpods-${namespace}`, labels);
    this.serviceAccount = account.serviceAccount;
    this.tokenSecret = account.tokenSecret;
    if (props.launcherNamespace !== undefined) { this.clusterAccess = accessOf(account, this.context, server, namespace); }

    this.role = new ApiObject(this, 'Resource', manifest<k8s.KubeRoleProps>('rbac.authorization.k8s.io/v1', 'Role', { metadata: { name, namespace, labels }, rules: RULES }));
    this.roleBinding = new ApiObject(this, 'RoleBinding', manifest<k8s.KubeRoleBindingProps>('rbac.authorization.k8s.io/v1', 'RoleBinding', {
      metadata: { name, namespace, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: account.serviceAccount.name, namespace: launcherNamespace }],
    }));
    this.resourceQuota = this.addQuota(name, props, labels);
    this.limitRange = this.addLimitRange(name, props, labels);
    this.networkPolicy = this.addNetworkPolicy(name, props, labels);
  }

  /**
   * The provider of nodepool.yaml that makes pods here, for `NodepoolConfig.addProvider`. Its labels must be defined in the configuration.
   *
   * @param options labels and limits
   */
  public provider(options: OpenshiftPodsProviderOptions): any {
    return {
      name: options.name ?? this.namespaceName,
      driver: 'openshiftpods',
      context: this.context,
      pools: [{
        name: this.namespaceName,
        ...(options.maxServers !== undefined ? { 'max-servers': options.maxServers } : {}),
        labels: [...options.labels],
      }],
    };
  }

  private addNamespace(props: OpenshiftPodsNamespaceProps, labels: Record<string, string>): ApiObject {
    const level = props.podSecurity ?? PodSecurityLevel.BASELINE;
    return clusterScoped(new ApiObject(this, 'Namespace', manifest<k8s.KubeNamespaceProps>('v1', 'Namespace', {
      metadata: {
        name: props.namespace,
        labels: {
          ...labels,
          'pod-security.kubernetes.io/enforce': level,
          'pod-security.kubernetes.io/audit': level,
          'pod-security.kubernetes.io/warn': level,
        },
        annotations: keeping(props.namespaceAnnotations),
      },
    })));
  }

  private addQuota(name: string, props: OpenshiftPodsNamespaceProps, labels: Record<string, string>): ApiObject | undefined {
    if (!props.resourceQuota) { return undefined; }
    return new ApiObject(this, 'ResourceQuota', manifest<k8s.KubeResourceQuotaProps>('v1', 'ResourceQuota', {
      metadata: { name, namespace: props.namespace, labels },
      spec: { hard: Object.fromEntries(Object.entries(props.resourceQuota).map(([key, value]) => [key, quantity(value)])) },
    }));
  }

  private addLimitRange(name: string, props: OpenshiftPodsNamespaceProps, labels: Record<string, string>): ApiObject | undefined {
    if (!props.limitRange) { return undefined; }
    return new ApiObject(this, 'LimitRange', {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name, namespace: props.namespace, labels },
      spec: { limits: plain(props.limitRange) },
    });
  }

  private addNetworkPolicy(name: string, props: OpenshiftPodsNamespaceProps, labels: Record<string, string>): ApiObject | undefined {
    const policy = props.networkPolicy;
    if (!policy) { return undefined; }
    return new ApiObject(this, 'NetworkPolicy', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: props.namespace, labels },
      spec: {
        podSelector: {},
        policyTypes: policy.egress ? ['Ingress', 'Egress'] : ['Ingress'],
        ingress: policy.ingress?.length ? plain(policy.ingress) : undefined,
        egress: policy.egress?.length ? plain(policy.egress) : undefined,
      },
    });
  }
}

/**
 * What is called with the token. The driver creates, watches the start of, and deletes pods; Zuul's executors run commands and copy files
 * (exec) and follow the console (port-forward). `get` on the last two is how newer clients open them (WebSocket).
 */
const RULES: k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['pods'], verbs: ['create', 'delete', 'get'] },
  { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['create', 'get'] },
];

function checkProps(scope: Construct, instanceName: string, server: string, props: OpenshiftPodsNamespaceProps): void {
  checkKnownProps(scope, '', props, PROPS);
  checkInstanceName(scope, instanceName);
  checkNamespace(scope, 'namespace', props.namespace);
  if (props.launcherNamespace !== undefined) { checkNamespace(scope, 'launcherNamespace', props.launcherNamespace); }
  if (props.launcherNamespace === props.namespace) {
    fail(scope, `'namespace' is ${shown(props.namespace)}, the launcher's own: every job holds a token that opens the pods there; give job pods a namespace of their own`);
  }
  if (props.context !== undefined && props.context.trim() === '') { fail(scope, "'context' must not be empty; leave it out for \"openshiftpods\""); }
  checkList(scope, 'limitRange', props.limitRange);
  checkAll([
    () => checkServer(scope, 'server', server),
    () => checkBoolean(scope, 'createNamespace', props.createNamespace),
    () => { if (props.podSecurity !== undefined) { checkEnum(scope, 'podSecurity', props.podSecurity, PodSecurityLevel); } },
    () => checkLabels(scope, 'extraLabels', props.extraLabels ?? {}),
    () => checkAnnotations(scope, 'namespaceAnnotations', props.namespaceAnnotations ?? {}),
    ...Object.entries(props.resourceQuota ?? {}).map(([key, value]) => () => checkQuantity(scope, `resourceQuota.${key}`, value)),
    ...limits(props.limitRange ?? []).map(({ path, value }) => () => checkQuantity(scope, path, value)),
  ]);
  if (props.resourceQuota && Object.keys(props.resourceQuota).length === 0) { fail(scope, "'resourceQuota' is empty; give at least one limit, such as { pods: '20' }, or leave it out"); }
  if (props.limitRange?.length === 0) { fail(scope, "'limitRange' is empty; give at least one item, or leave it out"); }
}

/** Every quantity of the limits, with where it is: a maximum or a default may be a number too, which Kubernetes takes. */
function limits(items: k8s.LimitRangeItem[]): { path: string; value: unknown }[] {
  const { limitRange } = plain({ limitRange: items });
  return (limitRange ?? []).flatMap(({ type, ...bounds }: any) => Object.entries(bounds).flatMap(([bound, resources]) =>
    Object.entries(typeof resources === 'object' ? resources as object : {}).map(([resource, value]) => ({ path: `limitRange[${type}].${bound}.${resource}`, value: String(value) }))));
}
