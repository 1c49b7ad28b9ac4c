import { SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ZookeeperClient } from './cert-manager';
import { resolvedOptions, ZookeeperNetworkPolicy, ZookeeperOptions } from './options';
import { isChroot } from './paths';
import { ZookeeperTls } from './tls';
import { checkAnnotations, checkBoolean, checkCount, checkLabels, checkList, checkPath, shown } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';
import { checkKnownProps, propsOf } from '../workload/known-props';

const NETWORK_POLICY = propsOf<ZookeeperNetworkPolicy>({ enabled: true, clients: true, metrics: true });
const CLIENT = propsOf<ZookeeperClient>({ name: true, secretLabels: true, secretAnnotations: true });
const PEER = propsOf<k8s.NetworkPolicyPeer>({ podSelector: true, namespaceSelector: true, ipBlock: true });
/** In MiB. */
const LEAST_MEMORY = 128;
const RESERVED_CLIENTS = ['client', 'server', 'quorum'];

/** Refuses what can be seen to be wrong in the options alone. What is the pods' own is checked with them. */
export function checkOptions(scope: Construct, options: ZookeeperOptions): void {
  const durations = ['tickTime', 'minSessionTimeout', 'maxSessionTimeout'] as const;
  checkAll([
    () => checkMembers(scope, options),
    () => checkChroot(scope, options.chroot),
    () => {
      if (options.tls !== undefined && !(options.tls instanceof ZookeeperTls)) {
        fail(scope, "'tls' must be a ZookeeperTls, such as ZookeeperTls.certManager()");
      }
    },
    () => checkClients(scope, options.clients),
    () => checkDomain(scope, options.clusterDomain),
    () => { if (options.home !== undefined) { checkPath(scope, 'home', options.home); } },
    ...(['newMembersVote', 'oneMemberPerNode'] as const).map(prop => () => checkBoolean(scope, prop, options[prop])),
    () => checkSpread(scope, options),
    () => checkMemory(scope, options),
    () => checkNetworkPolicy(scope, options.networkPolicy),
    () => checkJavaOptions(scope, options.javaOptions),
    ...durations.map(prop => () => {
      if (options[prop] !== undefined && typeof options[prop]?.toMilliseconds !== 'function') {
        fail(scope, `'${prop}' must be a Duration, such as Duration.seconds(2), got ${shown(options[prop])}`);
      }
    }),
  ]);
  checkTimes(scope, options);
}

function checkMembers(scope: Construct, { members = 3, votingMembers, newMembersVote }: ZookeeperOptions): void {
  if (![1, 3, 5].includes(members)) {
    const even = Number.isInteger(members) && members > 0 && members % 2 === 0;
    const why = even ? `: a majority of ${members} is ${members / 2 + 1}, so that it survives no more losses than an ensemble of ${members - 1}` : '';
    fail(scope, `'members' must be 1, 3 or 5${why}, got ${shown(members)}`);
  }
  if (votingMembers !== undefined && (members === 1 || votingMembers !== members - 2)) {
    fail(scope, `'votingMembers' must be ${members === 1 ? 'left out where there is one member' : `${members - 2} of ${members} members`}, got ${shown(votingMembers)};`
      + ' it is the number of members before others join, two at a time');
  }
  if (newMembersVote && votingMembers === undefined) {
    fail(scope, "'newMembersVote' is the step between 'votingMembers' alone and neither of the two; give 'votingMembers' beside it, or leave it out");
  }
}

function checkChroot(scope: Construct, chroot: unknown): void {
  if (chroot !== undefined && !(typeof chroot === 'string' && isChroot(chroot))) {
    fail(scope, `'chroot' must be a path such as "/nodepool", without a final slash and '..', and not ZooKeeper's own "/zookeeper", got ${shown(chroot)}`);
  }
}

function checkSpread(scope: Construct, { oneMemberPerNode, affinity }: ZookeeperOptions): void {
  if (oneMemberPerNode && affinity?.podAntiAffinity !== undefined) {
    fail(scope, "'oneMemberPerNode' and 'affinity.podAntiAffinity' both say where members may be; leave out one of the two");
  }
}

function checkMemory(scope: Construct, { resources }: ZookeeperOptions): void {
  const limit = resources?.memory?.limit;
  if (limit !== undefined && limit.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) < LEAST_MEMORY) {
    fail(scope, `'resources.memory.limit' must be at least ${LEAST_MEMORY} MiB, of which java's heap is half, got ${limit.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR })} KiB`);
  }
}

function checkNetworkPolicy(scope: Construct, policy: ZookeeperNetworkPolicy | undefined): void {
  checkKnownProps(scope, 'networkPolicy', policy, NETWORK_POLICY);
  checkBoolean(scope, 'networkPolicy.enabled', policy?.enabled);
  for (const list of ['clients', 'metrics'] as const) {
    checkList(scope, `networkPolicy.${list}`, policy?.[list]);
    for (const [index, peer] of (policy?.[list] ?? []).entries()) {
      const prop = `networkPolicy.${list}[${index}]`;
      checkKnownProps(scope, prop, peer ?? '', PEER);
      // Kubernetes would take a peer of nothing out of the list, and a list without a peer for everybody.
      if (Object.values(peer).every(part => part === undefined)) { fail(scope, `'${prop}' names nobody; give a podSelector, a namespaceSelector or an ipBlock`); }
    }
  }
}

function checkClients(scope: Construct, clients: readonly ZookeeperClient[] | undefined): void {
  checkList(scope, 'clients', clients);
  const seen = new Set<string>();
  checkAll((clients ?? []).map((client, index) => () => {
    const name = client?.name;
    if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/.test(name)) {
      fail(scope, `'clients[${index}].name' must be at most 20 of a-z, 0-9 and '-', first and last a letter or digit, got ${shown(name)}`);
    }
    checkKnownProps(scope, `clients[${name}]`, client, CLIENT);
    if (RESERVED_CLIENTS.includes(name)) { fail(scope, `'clients' must not have ${shown(name)}: the ensemble has a certificate of that name itself; choose another`); }
    if (seen.has(name)) { fail(scope, `'clients' has ${shown(name)} twice; one certificate serves any number of pods`); }
    seen.add(name);
    checkLabels(scope, `clients[${name}].secretLabels`, client.secretLabels ?? {});
    checkAnnotations(scope, `clients[${name}].secretAnnotations`, client.secretAnnotations ?? {});
  }));
}

function checkDomain(scope: Construct, domain: unknown): void {
  // the longest name of a member has 170 characters before it, and a name has 253.
  if (domain !== undefined && !(typeof domain === 'string' && domain.length <= 80 && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/.test(domain))) {
    fail(scope, `'clusterDomain' must be a domain of at most 80 characters without a dot at its beginning and end, such as "cluster.local", got ${shown(domain)}`);
  }
}

function checkJavaOptions(scope: Construct, options: readonly string[] | undefined): void {
  checkList(scope, 'javaOptions', options);
  const bad = (options ?? []).find(option => typeof option !== 'string' || !option.startsWith('-'));
  if (bad !== undefined) { fail(scope, `'javaOptions' must be options of java, each beginning with '-', got ${shown(bad)}`); }
}

function checkTimes(scope: Construct, options: ZookeeperOptions): void {
  const { tickTime, initTicks, syncTicks, minSessionTimeout, maxSessionTimeout } = resolvedOptions(options);
  const atLeast = (prop: string, value: number, least: number, unit: string) => {
    if (!Number.isInteger(value) || value < least) { fail(scope, `'${prop}' must be at least ${least}${unit}, got ${shown(value)}`); }
  };
  checkAll([
    () => atLeast('tickTime', tickTime, 500, ' milliseconds'),
    () => checkCount(scope, 'initLimit', initTicks, { least: 5 }),
    () => checkCount(scope, 'syncLimit', syncTicks, { least: 2 }),
    () => atLeast('minSessionTimeout', minSessionTimeout, 2 * tickTime, ' milliseconds, two ticks'),
    () => atLeast('maxSessionTimeout', maxSessionTimeout, Math.max(10_000, minSessionTimeout),
      " milliseconds, since Nodepool asks for 10 seconds, and 'minSessionTimeout'"),
  ]);
}
