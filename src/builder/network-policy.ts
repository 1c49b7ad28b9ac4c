import { isIP } from 'node:net';
import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { BUILD_LOGS_PORT } from './build-logs';
import { Machine } from './image-builder';
import { Playbooks } from './playbooks';
import { ConfigRepository } from '../service/config-repository';
import { gitPort } from '../service/git-repository';
import { zookeeperPorts } from '../service/zookeeper-settings';
import { checkList } from '../workload/checks';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { intOrString, plain } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';
import { IZookeeperConnection } from '../workload/zookeeper-connection';

/** A NetworkPolicy for the builder's pods, which may then reach nothing but what is named. */
export interface BuilderNetworkPolicy {
  /**
   * What the builder may connect to, beyond DNS, ZooKeeper, the machines of `imageBuilders`, the repositories of `playbooks` and
   * `configRepository`, and `statsd`: the clouds that it uploads images to, such as `[{ ports: [{ port: k8s.IntOrString.fromNumber(443) }] }]`.
   *
   * @default - no cloud; enough for images that are not uploaded
   */
  readonly egress?: k8s.NetworkPolicyEgressRule[];

  /**
   * Who may connect to the server of the build logs.
   *
   * @default - everybody, on its port 8080
   */
  readonly ingress?: k8s.NetworkPolicyIngressRule[];
}

const PROPS = propsOf<BuilderNetworkPolicy>({ egress: true, ingress: true });

/** What the policy lets through. */
export interface Reached {
  readonly zookeeper: IZookeeperConnection;
  readonly machines: readonly Machine[];
  readonly playbooks?: Playbooks;
  readonly configRepository?: ConfigRepository;
  readonly statsd?: { readonly host: string; readonly port?: number };
}

/** Adds the policy, if there is to be one. A policy knows addresses and no names: what is given by name may be anywhere, on its port. */
export function addNetworkPolicy(
  scope: Construct, pod: ServicePod, name: string, policy: BuilderNetworkPolicy | undefined, reached: Reached,
): ApiObject | undefined {
  if (policy === undefined) { return undefined; }
  checkKnownProps(scope, 'networkPolicy', policy, PROPS);
  checkList(scope, 'networkPolicy.egress', policy.egress);
  checkList(scope, 'networkPolicy.ingress', policy.ingress);
  return new ApiObject(scope, 'NetworkPolicy', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, labels: pod.labels },
    spec: {
      podSelector: { matchLabels: pod.selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: plain(policy.ingress ?? [{ ports: [tcp(BUILD_LOGS_PORT.port)] }]),
      egress: plain([...ours(reached), ...policy.egress ?? []]),
    },
  });
}

function ours({ zookeeper, machines, playbooks, configRepository, statsd }: Reached): k8s.NetworkPolicyEgressRule[] {
  const git = playbooks?._git && gitPort(playbooks._git.url);
  const config = configRepository && gitPort(configRepository.url);
  const rules = [
    // 5353: the port of OpenShift's DNS pods.
    { ports: [53, 5353].flatMap(port => [{ port: intOrString(port), protocol: 'UDP' }, tcp(port)]) },
    { ports: zookeeperPorts(zookeeper).map(tcp) },
    ...machines.map(({ host, port }) => ({ to: blockOf(host), ports: [tcp(port)] })),
    ...(git === undefined ? [] : [{ ports: [tcp(git)] }]),
    ...(config === undefined ? [] : [{ ports: [tcp(config)] }]),
    ...(statsd === undefined ? [] : [{ to: blockOf(statsd.host), ports: [{ port: intOrString(statsd.port ?? 8125), protocol: 'UDP' }] }]),
  ];
  // two machines by name on one port are one rule.
  return [...new Map(rules.map(rule => [JSON.stringify(rule), rule])).values()];
}

function tcp(port: number): k8s.NetworkPolicyPort {
  return { port: intOrString(port), protocol: 'TCP' };
}

/** The one address that a host is; absent for a name. */
function blockOf(host: string): k8s.NetworkPolicyPeer[] | undefined {
  const family = isIP(host);
  return family === 0 ? undefined : [{ ipBlock: { cidr: `${host}/${family === 4 ? 32 : 128}` } }];
}
