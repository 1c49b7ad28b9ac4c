import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkServer, ClusterAccess } from './credentials/kubeconfig';
import { accessOf, addTokenAccount, clusterScoped } from './credentials/service-account';
import { checkBoolean, checkInstanceName, checkLabels, checkNamespace } from './workload/checks';
import { fail } from './workload/errors';
import { nodepoolLabels } from './workload/labels';
import { manifest } from './workload/plain';

/** What can be set in a stack for a driver that makes namespaces or projects of its own. */
export interface DriverAccessOptions {
  /**
   * The kubeconfig context, which the provider of nodepool.yaml names.
   *
   * @default - the driver's name: kubernetes, or openshift
   */
  readonly context?: string;

  /**
   * The URL of the API server, as the launcher and Zuul's executors reach it.
   *
   * @default https://kubernetes.default.svc
   */
  readonly server?: string;

  /**
   * Labels on every object.
   *
   * @default - our labels only
   */
  readonly extraLabels?: { [key: string]: string };
}

/** What can be set in a stack for the kubernetes driver. */
export interface KubernetesDriverOptions extends DriverAccessOptions {
  /**
   * Whether labels of `type: namespace` are used too: their jobs get an account that may do most things in its namespace, and Nodepool can
   * give only rights that it holds.
   *
   * @default false
   */
  readonly namespaceLabels?: boolean;
}

/** Properties of `OpenshiftDriverAccess`. */
export interface OpenshiftDriverAccessProps extends DriverAccessOptions {
  /** The namespace of the account and its token: that of the launcher, if it runs in the same cluster. */
  readonly namespace: string;

  /**
   * The instance that the launcher belongs to.
   *
   * @default nodepool
   */
  readonly instanceName?: string;
}

/** Properties of `KubernetesDriverAccess`. */
export interface KubernetesDriverAccessProps extends KubernetesDriverOptions {
  /** The namespace of the account and its token: that of the launcher, if it runs in the same cluster. */
  readonly namespace: string;

  /**
   * The instance that the launcher belongs to.
   *
   * @default nodepool
   */
  readonly instanceName?: string;
}

/**
 * The rights of Nodepool's `kubernetes` driver, which makes a namespace for each node: ServiceAccount with a token, ClusterRole and
 * ClusterRoleBinding. The ClusterRole holds what the driver calls, and what it hands on to the jobs' accounts.
 */
export class KubernetesDriverAccess extends Construct {
  /** What a launcher beside the account needs to use it. */
  public readonly clusterAccess: ClusterAccess;

  /** The account of the driver. */
  public readonly serviceAccount: ApiObject;

  /** The account's token, which the cluster writes into it. */
  public readonly tokenSecret: ApiObject;

  /** What the account may do. */
  public readonly clusterRole: ApiObject;

  /** Gives the rights to the account. */
  public readonly clusterRoleBinding: ApiObject;

  constructor(scope: Construct, id: string, props: KubernetesDriverAccessProps) {
    super(scope, id);
    const { name, labels, server } = checkedProps(this, 'kubernetes', props);
    checkBoolean(this, 'namespaceLabels', props.namespaceLabels);
    const account = addTokenAccount(this, props.namespace, name, labels);
    this.serviceAccount = account.serviceAccount;
    this.tokenSecret = account.tokenSecret;
    this.clusterAccess = accessOf(account, props.context ?? 'kubernetes', server);

    // cluster-wide names carry the namespace: the same instance may exist in several.
    const clusterName = `${name}-${props.namespace}`;
    this.clusterRole = clusterScoped(new ApiObject(this, 'Resource', manifest<k8s.KubeClusterRoleProps>('rbac.authorization.k8s.io/v1', 'ClusterRole', {
      metadata: { name: clusterName, labels },
      rules: [...POD_LABEL_RULES, ...(props.namespaceLabels ? NAMESPACE_LABEL_RULES : [])],
    })));
    this.clusterRoleBinding = bindClusterRole(this, 'ClusterRoleBinding', clusterName, clusterName, account.serviceAccount, props.namespace, labels);
  }
}

/**
 * The rights of Nodepool's `openshift` driver, which makes a project for each node: ServiceAccount with a token, bound to OpenShift's own
 * ClusterRole `self-provisioner`. Who asks for a project is its administrator, so no more is needed.
 */
export class OpenshiftDriverAccess extends Construct {
  /** What a launcher beside the account needs to use it. */
  public readonly clusterAccess: ClusterAccess;

  /** The account of the driver. */
  public readonly serviceAccount: ApiObject;

  /** The account's token, which the cluster writes into it. */
  public readonly tokenSecret: ApiObject;

  /** Lets the account ask for projects. */
  public readonly clusterRoleBinding: ApiObject;

  constructor(scope: Construct, id: string, props: OpenshiftDriverAccessProps) {
    super(scope, id);
    const { name, labels, server } = checkedProps(this, 'openshift', props);
    const account = addTokenAccount(this, props.namespace, name, labels);
    this.serviceAccount = account.serviceAccount;
    this.tokenSecret = account.tokenSecret;
    this.clusterAccess = accessOf(account, props.context ?? 'openshift', server);
    this.clusterRoleBinding = bindClusterRole(this, 'Resource', `${name}-${props.namespace}`, 'self-provisioner', account.serviceAccount, props.namespace, labels);
  }
}

const ALL_VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** What the driver calls, and the rights of the Role that it makes for the job of a pod label (`pods/logs` is its own spelling). */
const POD_LABEL_RULES: k8s.PolicyRule[] = [
  { apiGroups: [''], resources: ['namespaces'], verbs: ['create', 'delete', 'get', 'list'] },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['create'] },
  { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'get'] },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['create', 'get', 'list'] },
  { apiGroups: [''], resources: ['pods/exec', 'pods/logs', 'pods/portforward'], verbs: ALL_VERBS },
];

/** The rights of the Role that it makes for the job of a namespace label; it can give only what it holds. */
const NAMESPACE_LABEL_RULES: k8s.PolicyRule[] = [{
  apiGroups: [''],
  resources: [
    'pods', 'pods/exec', 'pods/log', 'pods/portforward', 'services', 'endpoints', 'crontabs', 'jobs', 'deployments', 'replicasets',
    'configmaps', 'secrets',
  ],
  verbs: ALL_VERBS,
}];

function checkedProps(scope: Construct, driver: string, props: OpenshiftDriverAccessProps):
{ name: string; labels: Record<string, string>; server: string } {
  const instanceName = props.instanceName ?? 'nodepool';
  const server = props.server ?? 'https://kubernetes.default.svc';
  checkInstanceName(scope, instanceName);
  checkNamespace(scope, 'namespace', props.namespace);
  checkServer(scope, 'server', server);
  checkLabels(scope, 'extraLabels', props.extraLabels ?? {});
  if (props.context !== undefined && props.context.trim() === '') { fail(scope, `'context' must not be empty; leave it out for "${driver}"`); }
  return { name: `${instanceName}-${driver}`, labels: nodepoolLabels(driver, props.extraLabels), server };
}

function bindClusterRole(
  scope: Construct, id: string, name: string, role: string, account: ApiObject, namespace: string, labels: Record<string, string>,
): ApiObject {
  return clusterScoped(new ApiObject(scope, id, manifest<k8s.KubeClusterRoleBindingProps>('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {
    metadata: { name, labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name: account.name, namespace }],
  })));
}
