import { IConstruct } from 'constructs';
import { readYaml, writeYaml } from '../config/yaml';
import { checkNamespace, checkSecretName, shown, shownAddress } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';

/** A cluster that Nodepool's kubernetes, openshift or openshiftpods drivers reach with a ServiceAccount's token, without a secret in Git. */
export interface ClusterAccess {
  /** The kubeconfig context, which a provider of nodepool.yaml names. */
  readonly context: string;

  /** URL of the API server. Zuul's executors use it too. */
  readonly server: string;

  /**
   * The namespace of the context.
   *
   * @default - the cluster's own default
   */
  readonly namespace?: string;

  /** Name of the Secret of type `kubernetes.io/service-account-token` in the launcher's namespace. */
  readonly tokenSecretName: string;
}

/** Where the launcher finds the token and the CA of a cluster. */
export function clusterAccessDirectory(access: ClusterAccess): string {
  return `/etc/nodepool-cluster-access/${access.tokenSecretName}`;
}

/** A cluster of a kubeconfig, and how to log in there. */
export interface KubeconfigEntry {
  readonly context: string;
  readonly namespace?: string;
  readonly cluster: { readonly [key: string]: string };
  readonly user: { readonly [key: string]: string };
}

/** A kubeconfig that points at mounted files: it holds no secret. */
export function kubeconfig(accesses: ClusterAccess[]): string {
  return kubeconfigText(accesses.map(access => ({
    context: access.context,
    namespace: access.namespace,
    cluster: { 'certificate-authority': `${clusterAccessDirectory(access)}/ca.crt`, 'server': access.server },
    user: { tokenFile: `${clusterAccessDirectory(access)}/token` },
  })));
}

/** A kubeconfig with a context for each entry; cluster and user bear its name. */
export function kubeconfigText(entries: KubeconfigEntry[]): string {
  return writeYaml(new Map<string, any>([
    ['apiVersion', 'v1'],
    ['kind', 'Config'],
    // Nodepool refuses a kubeconfig without it, even when every provider names a context.
    ['current-context', entries[0].context],
    ['clusters', entries.map(({ context, cluster }) => named(context, 'cluster', Object.entries(cluster)))],
    ['contexts', entries.map(({ context, namespace }) => named(context, 'context', [
      ['cluster', context], ...(namespace ? [['namespace', namespace] as [string, string]] : []), ['user', context],
    ]))],
    ['users', entries.map(({ context, user }) => named(context, 'user', Object.entries(user)))],
  ]));
}

function named(name: string, what: string, entries: [string, string][]): Map<string, any> {
  return new Map<string, any>([['name', name], [what, new Map(entries)]]);
}

/** Refuses an access that would make a kubeconfig which no client takes, or a volume which no pod gets. */
export function checkClusterAccess(scope: IConstruct, access: ClusterAccess): void {
  if (typeof access?.context !== 'string' || access.context.trim() === '') {
    fail(scope, `'clusterAccess' needs a 'context', which a provider of nodepool.yaml names, got ${shown(access?.context)}`);
  }
  checkServer(scope, `clusterAccess[${access.context}].server`, access.server);
  checkSecretName(scope, `clusterAccess[${access.context}].tokenSecretName`, access.tokenSecretName);
  if (access.namespace !== undefined) { checkNamespace(scope, `clusterAccess[${access.context}].namespace`, access.namespace); }
}

/** Refuses API servers that only the machine where the kubeconfig was made can reach. */
export function refuseLocalhost(scope: IConstruct, prop: string, text: string): void {
  let clusters: any;
  try {
    const data = readYaml(text).data;
    clusters = data instanceof Map ? data.get('clusters') : undefined;
  } catch {
    fail(scope, `'${prop}' is no YAML that Kubernetes' client reads; give the file as kubectl writes it`);
  }
  checkAll((Array.isArray(clusters) ? clusters : []).map((entry, index) => () => {
    const cluster = entry instanceof Map ? entry.get('cluster') : undefined;
    const server = cluster instanceof Map ? cluster.get('server') : undefined;
    const host = typeof server === 'string' ? hostOf(server) : undefined;
    if (host !== undefined && isLocalhost(host)) { refuseHost(scope, `${prop}: clusters[${entry.get('name') ?? index}].server`, host); }
  }));
}

/** Refuses what is no URL of an API server that the launcher and Zuul's executors can reach. */
export function checkServer(scope: IConstruct, prop: string, server: string): void {
  // before it is read as a URL: a password with a slash in it would be a part of the path.
  if (typeof server === 'string' && server.includes('@')) { fail(scope, `'${prop}' must not hold a user or a password: it stands in Git`); }
  const host = typeof server === 'string' ? hostOf(server) : undefined;
  if (host === undefined) {
    fail(scope, `'${prop}' must be the URL of an API server, such as "https://api.example.com:6443", got ${shownAddress(server)}`);
  }
  // a query may hold a token; braces would be a part of the template that makes a kubeconfig in the cluster.
  if (/[?#{}\s]/.test(server)) { fail(scope, `'${prop}' must be the URL of an API server without query, fragment and braces, got ${shownAddress(server)}`); }
  const url = new URL(server);
  if (url.protocol !== 'https:') { fail(scope, `'${prop}' must be an https URL, such as "https://api.example.com:6443", got ${shownAddress(server)}`); }
  if (isLocalhost(host)) { refuseHost(scope, prop, host); }
}

/** The host of a URL; absent when it is none. `localhost:6443` is none, though URL takes it for one of the scheme "localhost". */
function hostOf(server: string): string | undefined {
  try {
    return new URL(server).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '') || undefined;
  } catch {
    return undefined;
  }
}

/** URL has already written the odd spellings (127.1, 0x7f000001, 0:0:0:0:0:0:0:1) in the usual way. */
function isLocalhost(host: string): boolean {
  return /^(.*\.)?localhost(\.localdomain)?$/.test(host) || /^127\./.test(host) || host === '0.0.0.0'
    || /^::1?$/.test(host) || /^::ffff:(7f[0-9a-f]{2}:|0:0$)/.test(host);
}

function refuseHost(scope: IConstruct, prop: string, host: string): never {
  fail(scope, `'${prop}' is at "${host}": no pod and no Zuul executor reaches a localhost address; give one that they reach`);
}
