import { IConstruct } from 'constructs';
import { readYaml, writeYaml } from '../config/yaml';
import { fail } from '../workload/errors';

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

/** A kubeconfig that points at mounted files: it holds no secret. */
export function kubeconfig(accesses: ClusterAccess[]): string {
  return writeYaml(new Map<string, any>([
    ['apiVersion', 'v1'],
    ['kind', 'Config'],
    // Nodepool refuses a kubeconfig without it, even when every provider names a context.
    ['current-context', accesses[0].context],
    ['clusters', accesses.map(access => new Map<string, any>([
      ['name', access.context],
      ['cluster', new Map([
        ['certificate-authority', `${clusterAccessDirectory(access)}/ca.crt`],
        ['server', access.server],
      ])],
    ]))],
    ['contexts', accesses.map(access => new Map<string, any>([
      ['name', access.context],
      ['context', new Map([
        ['cluster', access.context],
        ...(access.namespace ? [['namespace', access.namespace] as [string, string]] : []),
        ['user', access.context],
      ])],
    ]))],
    ['users', accesses.map(access => new Map<string, any>([
      ['name', access.context],
      ['user', new Map([['tokenFile', `${clusterAccessDirectory(access)}/token`]])],
    ]))],
  ]));
}

/** Refuses an API server that only the machine where the kubeconfig was made can reach. */
export function refuseLocalhost(scope: IConstruct, prop: string, text: string): void {
  let clusters: any;
  try {
    const data = readYaml(text).data;
    clusters = data instanceof Map ? data.get('clusters') : undefined;
  } catch {
    fail(scope, `'${prop}' is no YAML that Kubernetes' client reads; give the file as kubectl writes it`);
  }
  for (const entry of Array.isArray(clusters) ? clusters : []) {
    const server = entry instanceof Map ? entry.get('cluster')?.get?.('server') : undefined;
    if (typeof server === 'string') { checkServer(scope, `${prop}: clusters[${entry.get('name')}].server`, server); }
  }
}

/** Refuses what is no URL of an API server that the launcher and Zuul's executors can reach. */
export function checkServer(scope: IConstruct, prop: string, server: string): void {
  let url: URL;
  try {
    url = new URL(server);
  } catch {
    fail(scope, `'${prop}' must be the URL of an API server, such as "https://api.example.com:6443", got "${server}"`);
  }
  if (url.protocol !== 'https:') { fail(scope, `'${prop}' must be an https URL, got "${server}"`); }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '::1' || host === '0.0.0.0' || host === '::') {
    fail(scope, `'${prop}' is "${server}": no pod and no Zuul executor reaches a localhost address; give one that they reach`);
  }
}
