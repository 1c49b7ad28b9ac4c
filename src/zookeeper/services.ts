import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { EnsembleNames, PORTS } from './ensemble';
import { ZookeeperNetworkPolicy } from './options';
import { intOrString, manifest, plain } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';

/** The members by their names, also before they are ready: they must find each other to become it. */
export function headlessService(scope: Construct, names: EnsembleNames, pod: ServicePod): ApiObject {
  return service(scope, 'Headless', names.headless, pod, ['client', 'quorum', 'election', 'metrics'], {
    clusterIP: 'None', publishNotReadyAddresses: true,
  });
}

/** Any member that is ready. */
export function clientService(scope: Construct, names: EnsembleNames, pod: ServicePod): ApiObject {
  return service(scope, 'Service', names.workload, pod, ['client', 'metrics'], {});
}

/**
 * Each member by a name whose address stays. kazoo resolves all names at once and then goes from one address to the next, hours later if need be:
 * those of pods that were replaced meanwhile would be nobody's, and hold it up for as long as a session lives.
 */
export function memberServices(scope: Construct, names: EnsembleNames, pod: ServicePod, members: number): ApiObject[] {
  return Array.from({ length: members }, (_, ordinal) => {
    const name = names.member(ordinal);
    const member = { 'statefulset.kubernetes.io/pod-name': name };
    // a member that is not ready says so itself, and one that becomes it is found at once.
    return service(scope, `Member${ordinal}`, name, pod, ['client'], { publishNotReadyAddresses: true }, member);
  });
}

function service(
  scope: Construct, id: string, name: string, pod: ServicePod, ports: readonly (keyof typeof PORTS)[],
  // as Kubernetes spells it: cdk8s-plus' types have clusterIp.
  more: { clusterIP?: 'None'; publishNotReadyAddresses?: boolean }, ofPods: Record<string, string> = {},
): ApiObject {
  return new ApiObject(scope, id, manifest<k8s.KubeServiceProps>('v1', 'Service', {
    metadata: { name, labels: pod.labels },
    spec: {
      type: 'ClusterIP',
      ...more,
      selector: { ...pod.selector, ...ofPods },
      ports: ports.map(port => ({ name: port, port: PORTS[port], protocol: 'TCP', targetPort: intOrString(port) })),
    },
  }));
}

/** One member at a time; a member that is not ready may always be evicted, since that can only help. */
export function disruptionBudget(scope: Construct, names: EnsembleNames, pod: ServicePod): ApiObject {
  return new ApiObject(scope, 'DisruptionBudget', manifest<k8s.KubePodDisruptionBudgetProps>('policy/v1', 'PodDisruptionBudget', {
    metadata: { name: names.workload, labels: pod.labels },
    spec: {
      maxUnavailable: intOrString(1),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: pod.selector },
    },
  }));
}

/** Who reaches which port. */
export function networkPolicy(scope: Construct, names: EnsembleNames, pod: ServicePod, policy: ZookeeperNetworkPolicy): ApiObject {
  const tcp = (...ports: number[]) => ports.map(port => ({ port: intOrString(port), protocol: 'TCP' }));
  const members = { podSelector: { matchLabels: pod.selector } };
  const nodepool = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'nodepool', 'app.kubernetes.io/part-of': 'zuul' } } };
  return new ApiObject(scope, 'NetworkPolicy', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: names.workload, labels: pod.labels },
    spec: {
      podSelector: { matchLabels: pod.selector },
      policyTypes: ['Ingress'],
      ingress: plain([
        { from: [members], ports: tcp(PORTS.quorum, PORTS.election) },
        { from: policy.clients && [nodepool, ...policy.clients], ports: tcp(PORTS.client) },
        // an empty list, read by Kubernetes, would be everybody.
        ...(policy.metrics?.length === 0 ? [] : [{ from: policy.metrics, ports: tcp(PORTS.metrics) }]),
      ]),
    },
  });
}
