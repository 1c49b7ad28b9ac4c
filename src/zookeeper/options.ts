import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { ZookeeperBackupOptions } from './backup';
import { ZookeeperClient } from './cert-manager';
import { ZookeeperTls } from './tls';
import { ContainerImage } from '../workload/image';
import { propsOf } from '../workload/known-props';
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
   * More members come by steps: see `votingMembers`. Fewer are not provided for.
   *
   * @default 3
   */
  readonly members?: number;

  /**
   * While members join: how many there were before, 1 or 3, fewer than `members`. The new ones follow without a vote and copy the data. The next step
   * is `newMembersVote` beside it, and the last one neither; each when all members are ready.
   *
   * Without these steps members that have the old zoo.cfg and members that have the new one could each have a leader, and data would be lost. A
   * member that would start with a step too many refuses to.
   *
   * @default - all members are equal
   */
  readonly votingMembers?: number;

  /**
   * The step between: the new members have one vote each, and those of `votingMembers` two.
   *
   * @default false
   */
  readonly newMembersVote?: boolean;

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
   * @default - as the official images have it, /apache-zookeeper-3.9.5-bin, with the version that begins the tag of `image`
   */
  readonly home?: string;
}

/** The version of the default image. */
export const VERSION = '3.9.5';

/** The version that the tag of an image begins with. */
export function versionOf(image: ContainerImage | undefined): string | undefined {
  return /^\d+\.\d+\.\d+(?=$|[-_])/.exec(image?.tag ?? '')?.[0];
}

/** The names of the options. */
export const ZOOKEEPER_OPTIONS: readonly string[] = [...POD_OPTIONS, ...propsOf<Omit<ZookeeperOptions, keyof PodOptions>>({
  members: true,
  votingMembers: true,
  newMembersVote: true,
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

/** The options that are ours alone, with their defaults; times in milliseconds. */
export function resolvedOptions(options: ZookeeperOptions) {
  const members = options.members ?? 3;
  return {
    members,
    votingMembers: options.votingMembers,
    newMembersVote: options.newMembersVote ?? false,
    chroot: options.chroot,
    storage: options.storage ?? {},
    logStorage: options.logStorage ?? undefined,
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
    home: options.home ?? `/apache-zookeeper-${versionOf(options.image) ?? VERSION}-bin`,
  };
}
