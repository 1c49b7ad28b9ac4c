import { IConstruct } from 'constructs';
import { checkServer, kubeconfigText } from './kubeconfig';
import { SecretStore } from './secret-store';
import { checkNamespace, checkSecretName, shown } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';
import { checkKnownProps, propsOf } from '../workload/known-props';

/**
 * Another cluster for job pods, whose token External Secrets fetches: with a store of its `kubernetes` provider, or from wherever the token's
 * Secret was copied to.
 */
export interface RemoteCluster {
  /** The kubeconfig context, which a provider of nodepool.yaml names. */
  readonly context: string;

  /** URL of the cluster's API server, as the launcher and Zuul's executors reach it. */
  readonly server: string;

  /**
   * The namespace of the context: that of the job pods.
   *
   * @default - the cluster's own default
   */
  readonly namespace?: string;

  /** The store that reads Secrets of the namespace where the token is. */
  readonly store: SecretStore;

  /**
   * Name of the Secret of type `kubernetes.io/service-account-token` in the other cluster, with the keys `token` and `ca.crt`:
   * `OpenshiftPodsNamespace` there makes `<instance>-openshiftpods-<namespace>-token`.
   */
  readonly tokenSecretName: string;
}

const PROPS = propsOf<RemoteCluster>({ context: true, server: true, namespace: true, store: true, tokenSecretName: true });

/** A value that External Secrets fetches for the kubeconfig, under a key of the template's data. */
export interface RemoteValue {
  readonly secretKey: string;
  readonly store: SecretStore;
  readonly key: string;
  readonly property: string;
}

/** The token and the CA of each cluster. */
export function remoteValues(clusters: readonly RemoteCluster[]): RemoteValue[] {
  return clusters.flatMap(({ store, tokenSecretName }, index) => ['token', 'ca.crt'].map(property => ({
    secretKey: templateKey(index, property), store, key: tokenSecretName, property,
  })));
}

/** The kubeconfig as a template, which External Secrets fills in the cluster. */
export function kubeconfigTemplate(clusters: readonly RemoteCluster[]): string {
  return kubeconfigText(clusters.map(({ context, server, namespace }, index) => ({
    context,
    namespace,
    cluster: { 'certificate-authority-data': `{{ index . "${templateKey(index, 'ca.crt')}" | b64enc }}`, server },
    // without the line's end, which no HTTP header may hold.
    user: { token: `{{ index . "${templateKey(index, 'token')}" | trim }}` },
  })));
}

function templateKey(index: number, property: string): string {
  return `cluster-${index}-${property}`;
}

/** Refuses what would make a kubeconfig that no client takes. */
export function checkRemoteClusters(scope: IConstruct, prop: string, clusters: readonly RemoteCluster[]): void {
  checkAll(clusters.map((cluster, index) => () => {
    if (typeof cluster !== 'object' || cluster === null) { fail(scope, `'${prop}[${index}]' must be a map with context, server, store and tokenSecretName`); }
    const path = `${prop}[${typeof cluster.context === 'string' && cluster.context ? cluster.context : index}]`;
    checkAll([
      () => checkKnownProps(scope, path, cluster, PROPS),
      () => checkContext(scope, `${path}.context`, cluster.context),
      () => checkServer(scope, `${path}.server`, cluster.server),
      () => { if (cluster.namespace !== undefined) { checkNamespace(scope, `${path}.namespace`, cluster.namespace); } },
      () => checkStore(scope, `${path}.store`, cluster.store),
      () => checkSecretName(scope, `${path}.tokenSecretName`, cluster.tokenSecretName),
    ]);
  }));
  const contexts = clusters.map(cluster => cluster.context);
  const twice = contexts.find((context, index) => contexts.indexOf(context) !== index);
  if (twice !== undefined) { fail(scope, `'${prop}' has the kubeconfig context ${shown(twice)} twice; give each cluster and namespace a 'context' of its own`); }
}

/** Refuses what is no store. */
export function checkStore(scope: IConstruct, prop: string, store: unknown): void {
  if (!(store instanceof SecretStore)) { fail(scope, `'${prop}' must be a SecretStore, such as SecretStore.clusterWide('vault')`); }
  store._check(scope, prop);
}

function checkContext(scope: IConstruct, prop: string, context: unknown): void {
  // the kubeconfig is a template: braces would be read as a part of it.
  if (typeof context !== 'string' || context.trim() === '' || context.includes('{{')) {
    fail(scope, `'${prop}' must be the name of a kubeconfig context, which a provider of nodepool.yaml names, got ${shown(context)}`);
  }
}
