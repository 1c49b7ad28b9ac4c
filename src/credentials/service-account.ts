import { ApiObject, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ClusterAccess } from './kubeconfig';
import { manifest } from '../workload/plain';

/** An account in a cluster, with a token that does not expire. */
export interface TokenAccount {
  readonly serviceAccount: ApiObject;
  readonly tokenSecret: ApiObject;
}

/**
 * A ServiceAccount with its token Secret. The token does not expire, because Nodepool reads it only when a provider starts, and hands it to
 * Zuul, so that a token that the cluster renews would go stale in both.
 */
export function addTokenAccount(scope: Construct, namespace: string | undefined, name: string, labels: Record<string, string>): TokenAccount {
  return {
    serviceAccount: new ApiObject(scope, 'ServiceAccount', manifest<k8s.KubeServiceAccountProps>('v1', 'ServiceAccount', {
      metadata: { name, namespace, labels },
      automountServiceAccountToken: false,
    })),
    tokenSecret: new ApiObject(scope, 'Token', manifest<k8s.KubeSecretProps>('v1', 'Secret', {
      metadata: { name: `${name}-token`, namespace, labels, annotations: { 'kubernetes.io/service-account.name': name } },
      type: 'kubernetes.io/service-account-token',
    })),
  };
}

/** An object without a namespace, in a chart that has one: the chart's namespace must not leak into it. */
export function clusterScoped(object: ApiObject): ApiObject {
  if (object.metadata.namespace !== undefined) { object.addJsonPatch(JsonPatch.remove('/metadata/namespace')); }
  return object;
}

/** The access that a launcher beside the account gets. */
export function accessOf(account: TokenAccount, context: string, server: string, namespace?: string): ClusterAccess {
  return { context, server, namespace, tokenSecretName: account.tokenSecret.name };
}
