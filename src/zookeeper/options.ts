import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ZookeeperBackupOptions } from './backup';
import { ZookeeperClient } from './cert-manager';
import { isChroot } from './paths';
import { ZookeeperTls } from './tls';
import { checkAnnotations, checkLabels, checkList, checkPath, shown } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { PodOptions, POD_OPTIONS } from '../workload/pod-settings';
import { PersistentStorage } from '../workload/storage';

/** Who may connect to an ensemble. Its members always reach each other, and nobody else reaches their ports 2888 and 3888. */
export interface ZookeeperNetworkPolicy {
  /**
   * Whether there is a NetworkPolicy.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * Who, beside the pods of Nodepool in the same namespace, may connect to port 2281. A certificate is needed all the same.
   *
   * @default - everybody
   */
  readonly clients?: k8s.NetworkPolicyPeer[];

  /**
   * Who may read the metrics on port 7000, which is plain HTTP.
   *
   * @default - everybody
   */
  readonly metrics?: k8s.NetworkPolicyPeer[];
}

/**
 * What can be set for an ensemble. Default image: `docker.io/library/zookeeper:3.9.5`; default resources: requests 100m CPU and 512Mi memory,
 * limits 1 CPU and 1Gi memory; default grace period: 60 seconds.
 */
export interface ZookeeperOptions extends PodOptions {
  /**
   * How many members: 1, 3 or 5. Three survive the loss of one, five of two; one survives nothing and is for trying things out. An even number is
   * an error: it survives no more losses than the odd one below it.
   *
   * From 1 to 3 in one step the new members would be the majority and elect an empty leader: see `votingMembers`.
   *
   * @default 3
   */
  readonly members?: number;

  /**
   * How many of the members vote, the first ones: 1 or 3, fewer than `members`. The others follow and copy the data. An ensemble of one grows by
   * `members: 3, votingMembers: 1`, and, when all are ready, `members: 3` alone.
   *
   * @default - all members vote
   */
  readonly votingMembers?: number;

  /**
   * Under which path Nodepool keeps its data. Zuul must use the same one.
   *
   * @default - the root
   */
  readonly chroot?: string;

  /**
   * The volume of each member for snapshots and, without `logStorage`, the transaction log.
   *
   * @default - 10 GiB of the cluster's default storage class
   */
  readonly storage?: PersistentStorage;

  /**
   * A volume of its own for each member's transaction log, which every write waits for. It cannot be added to an ensemble that exists.
   *
   * @default - the log is on the volume of `storage`
   */
  readonly logStorage?: PersistentStorage;

  /**
   * Where the certificates come from.
   *
   * @default - ZookeeperTls.certManager()
   */
  readonly tls?: ZookeeperTls;

  /**
   * Clients beside Nodepool that get a certificate, such as `[{ name: 'zuul' }]`. With `ZookeeperTls.certManager` alone.
   *
   * @default - none
   */
  readonly clients?: ZookeeperClient[];

  /**
   * Saves what is in the ensemble to a volume, from time to time.
   *
   * @default - nothing is saved
   */
  readonly backup?: ZookeeperBackupOptions;

  /**
   * The domain of the cluster, which ends the members' full names.
   *
   * @default cluster.local
   */
  readonly clusterDomain?: string;

  /**
   * Whether two members are never on one node. Then a member stays pending where there are too few nodes.
   *
   * @default false - they are on different nodes where that is possible
   */
  readonly oneMemberPerNode?: boolean;

  /**
   * Who may connect.
   *
   * @default - the members' ports are for members alone; the others are open
   */
  readonly networkPolicy?: ZookeeperNetworkPolicy;

  /**
   * ZooKeeper's unit of time, at least 500 milliseconds: members send each other a sign of life each half of it. A short one finds a hung
   * leader sooner, and takes a pause for a death sooner: with the defaults members that do not answer for 5 seconds are given up.
   *
   * @default Duration.seconds(1)
   */
  readonly tickTime?: Duration;

  /**
   * How many ticks a follower may take to connect and copy the data at its start. At least 5.
   *
   * @default 20
   */
  readonly initLimit?: number;

  /**
   * After how many ticks without an answer a leader gives a follower up, and a follower its leader. At least 2.
   *
   * @default 5
   */
  readonly syncLimit?: number;

  /**
   * The shortest session timeout that a client gets, whatever it asks for.
   *
   * @default Duration.seconds(4)
   */
  readonly minSessionTimeout?: Duration;

  /**
   * The longest session timeout that a client gets. Nodepool and Zuul ask for 10 seconds by default.
   *
   * @default Duration.seconds(60)
   */
  readonly maxSessionTimeout?: Duration;

  /**
   * More options for java, after ours. The heap is half of the container's memory limit.
   *
   * @default - ours only
   */
  readonly javaOptions?: string[];

  /**
   * Where ZooKeeper is in the image: its `lib` has the jars. The image needs bash, java and openssl too.
   *
   * @default /apache-zookeeper-3.9.5-bin
   */
  readonly home?: string;
}

/** The names of the options. */
export const ZOOKEEPER_OPTIONS: readonly string[] = [...POD_OPTIONS, ...propsOf<Omit<ZookeeperOptions, keyof PodOptions>>({
  members: true,
  votingMembers: true,
  chroot: true,
  storage: true,
  logStorage: true,
  tls: true,
  clients: true,
  backup: true,
  clusterDomain: true,
  oneMemberPerNode: true,
  networkPolicy: true,
  tickTime: true,
  initLimit: true,
  syncLimit: true,
  minSessionTimeout: true,
  maxSessionTimeout: true,
  javaOptions: true,
  home: true,
})];

const NETWORK_POLICY = propsOf<ZookeeperNetworkPolicy>({ enabled: true, clients: true, metrics: true });
const CLIENT = propsOf<ZookeeperClient>({ name: true, secretLabels: true, secretAnnotations: true });
const RESERVED_CLIENTS = ['client', 'server', 'quorum'];

/** The options that are ours alone, with their defaults; times in milliseconds. */
export function resolvedOptions(options: ZookeeperOptions) {
  const members = options.members ?? 3;
  return {
    members,
    votingMembers: options.votingMembers ?? members,
    chroot: options.chroot,
    storage: options.storage ?? {},
    logStorage: options.logStorage,
    tls: options.tls ?? ZookeeperTls.certManager(),
    clients: [...options.clients ?? []],
    clusterDomain: options.clusterDomain ?? 'cluster.local',
    oneMemberPerNode: options.oneMemberPerNode ?? false,
    networkPolicy: options.networkPolicy ?? {},
    tickTime: options.tickTime?.toMilliseconds() ?? 1000,
    initTicks: options.initLimit ?? 20,
    syncTicks: options.syncLimit ?? 5,
    minSessionTimeout: options.minSessionTimeout?.toMilliseconds() ?? 4000,
    maxSessionTimeout: options.maxSessionTimeout?.toMilliseconds() ?? 60_000,
    javaOptions: [...options.javaOptions ?? []],
    home: options.home ?? '/apache-zookeeper-3.9.5-bin',
  };
}

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
    () => checkKnownProps(scope, 'networkPolicy', options.networkPolicy, NETWORK_POLICY),
    () => checkList(scope, 'networkPolicy.clients', options.networkPolicy?.clients),
    () => checkList(scope, 'networkPolicy.metrics', options.networkPolicy?.metrics),
    () => checkJavaOptions(scope, options.javaOptions),
    ...durations.map(prop => () => {
      if (options[prop] !== undefined && typeof options[prop]?.toMilliseconds !== 'function') {
        fail(scope, `'${prop}' must be a Duration, such as Duration.seconds(2), got ${shown(options[prop])}`);
      }
    }),
  ]);
  checkTimes(scope, options);
}

function checkMembers(scope: Construct, { members = 3, votingMembers }: ZookeeperOptions): void {
  if (![1, 3, 5].includes(members)) {
    const even = Number.isInteger(members) && members > 0 && members % 2 === 0;
    const why = even ? `: a majority of ${members} is ${members / 2 + 1}, so that it survives no more losses than ${members - 1}` : '';
    fail(scope, `'members' must be 1, 3 or 5${why}, got ${shown(members)}`);
  }
  if (votingMembers !== undefined && !([1, 3].includes(votingMembers) && votingMembers < members)) {
    const allowed = [1, 3].filter(number => number < members).join(' or ');
    fail(scope, `'votingMembers' must be ${allowed === '' ? 'left out where there is one member' : `${allowed} of ${members} members`}, got ${shown(votingMembers)};`
      + ' leave it out when all vote');
  }
}

function checkChroot(scope: Construct, chroot: unknown): void {
  if (chroot !== undefined && !(typeof chroot === 'string' && isChroot(chroot))) {
    fail(scope, `'chroot' must be a path such as "/nodepool", without a final slash, got ${shown(chroot)}`);
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
  if (domain !== undefined && !(typeof domain === 'string' && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(domain))) {
    fail(scope, `'clusterDomain' must be a domain without a dot at its beginning and end, such as "cluster.local", got ${shown(domain)}`);
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
    () => atLeast('initLimit', initTicks, 5, ' ticks'),
    () => atLeast('syncLimit', syncTicks, 2, ' ticks'),
    () => atLeast('minSessionTimeout', minSessionTimeout, 2 * tickTime, ' milliseconds, two ticks'),
    () => atLeast('maxSessionTimeout', maxSessionTimeout, Math.max(10_000, minSessionTimeout),
      " milliseconds, since Nodepool asks for 10 seconds, and 'minSessionTimeout'"),
  ]);
}
