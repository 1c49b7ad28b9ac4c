import { ApiObject, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { isBelow, isChroot } from './paths';
import { isSchedule } from './schedule';
import { LAUNCHER_IMAGE } from '../service/images';
import { checkZookeeper, trusted, TRUST_SOURCE_DIR, ZOOKEEPER_TLS_DIR, zookeeperTls } from '../service/zookeeper-settings';
import { keeping } from '../workload/annotations';
import { asset } from '../workload/assets';
import { checkBoolean, checkCount, checkInstanceName, checkList, checkObjectName, shown } from '../workload/checks';
import { fileConfigMap } from '../workload/config-map';
import { millicores } from '../workload/container';
import { checkAll, fail } from '../workload/errors';
import { ContainerImage } from '../workload/image';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { manifest } from '../workload/plain';
import { Platform } from '../workload/platform';
import { checkImage } from '../workload/pod-checks';
import { PodOptions, surroundings } from '../workload/pod-settings';
import { ServicePod } from '../workload/service-pod';
import { checkStorage, claimSpec, PersistentStorage } from '../workload/storage';
import { IZookeeperConnection } from '../workload/zookeeper-connection';

const SCRIPTS_DIR = '/etc/zookeeper-backup';
const BACKUP_DIR = '/backup';
const DEFAULT_SIZE = Size.gibibytes(5);

/** What is saved of an ensemble, when and where to. */
export interface ZookeeperBackupOptions {
  /**
   * When, as cron writes it, in UTC.
   *
   * @default - 17 3 * * *, every night
   */
  readonly schedule?: string;

  /**
   * How many files are kept. At least 1.
   *
   * @default 14
   */
  readonly keep?: number;

  /**
   * What is saved: paths below the chroot, none within another. A path that is not there when something is saved is an error, and so is an ensemble
   * in which nothing is: no file is written then, and none deleted.
   *
   * @default - everything, Zuul's keys among it
   */
  readonly paths?: string[];

  /**
   * The volume, which is kept when the backup is taken away. It grows where the storage class allows it. Excludes `claimName`.
   *
   * @default - 5 GiB of the cluster's default storage class
   */
  readonly storage?: PersistentStorage;

  /**
   * A PersistentVolumeClaim that exists, such as one that others copy elsewhere. A volume belongs to one ensemble: `keep` counts all files on it.
   * Excludes `storage`.
   *
   * @default - the claim of `storage`
   */
  readonly claimName?: string;

  /**
   * An image with Python and kazoo, such as Nodepool's.
   *
   * @default - that of the launcher
   */
  readonly image?: ContainerImage;

  /**
   * CPU and memory. What is saved is held in memory level by level of the tree.
   *
   * @default - requests 50m CPU and 128Mi memory, limits 1 CPU and 512Mi memory
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * Whether there is no next time until it is taken back. It can be started by hand all the same.
   *
   * @default false
   */
  readonly suspend?: boolean;
}

/** Properties of `ZookeeperBackup`. */
export interface ZookeeperBackupProps extends ZookeeperBackupOptions {
  /** The ensemble. */
  readonly zookeeper: IZookeeperConnection;

  /**
   * Where the pods run: registry mirror, image pull Secrets, node selector, tolerations, user and so on. What is about the program in them is
   * not used.
   *
   * @default - anywhere
   */
  readonly pods?: PodOptions;

  /**
   * Begins the names of all objects: `<instance>-zookeeper-backup`.
   *
   * @default nodepool
   */
  readonly instanceName?: string;

  /**
   * The kind of cluster.
   *
   * @default Platform.KUBERNETES
   */
  readonly platform?: Platform;
}

/** The names of the options. */
const BACKUP_OPTIONS = propsOf<ZookeeperBackupOptions>({
  schedule: true, keep: true, paths: true, storage: true, claimName: true, image: true, resources: true, suspend: true,
});
const PROPS = [...BACKUP_OPTIONS, ...propsOf<Omit<ZookeeperBackupProps, keyof ZookeeperBackupOptions>>({
  zookeeper: true, pods: true, instanceName: true, platform: true,
})];

/**
 * Saves what is in a ZooKeeper ensemble to a volume, from time to time: CronJob and PersistentVolumeClaim `<instance>-zookeeper-backup`. The same
 * job with other arguments writes a file back, into this ensemble or into another.
 *
 * An ensemble of ours has it by its option `backup`; alone it is for one that exists elsewhere.
 */
export class ZookeeperBackup extends Construct {
  /**
   * The names of its options.
   *
   * @internal
   */
  public static readonly _options: readonly string[] = BACKUP_OPTIONS;

  /** The CronJob. */
  public readonly cronJob: ApiObject;

  /** The claim of the volume; not set with `claimName`. */
  public readonly volumeClaim?: ApiObject;

  /** Holds the script. */
  public readonly configMap: ApiObject;

  constructor(scope: Construct, id: string, props: ZookeeperBackupProps) {
    super(scope, id);
    checkKnownProps(this, '', props, PROPS);
    const instanceName = props.instanceName ?? 'nodepool';
    checkInstanceName(this, instanceName);
    const { zookeeper } = props;
    checkZookeeper(this, zookeeper);
    const storage = props.storage ?? {};
    checkBackup(this, props, storage);
    const name = `${instanceName}-zookeeper-backup`;

    const pod = new ServicePod(this, {
      name,
      component: 'zookeeper-backup',
      container: 'backup',
      platform: props.platform ?? Platform.KUBERNETES,
      settings: { ...surroundings(props.pods ?? {}), image: props.image, resources: props.resources },
      defaultImage: ContainerImage.parse(LAUNCHER_IMAGE),
      defaultResources: {
        cpu: { request: millicores(50), limit: millicores(1000) },
        memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
      },
      defaultGraceSeconds: () => 30,
    });
    this.configMap = fileConfigMap(this, 'Scripts', name, pod.labels, { 'backup.py': asset('zookeeper/backup.py') });
    pod.addConfigMap('scripts', name, SCRIPTS_DIR);
    pod.addSecret('zookeeper-tls', zookeeperTls(this, zookeeper, instanceName, props.pods?.extraLabels).secretName, ZOOKEEPER_TLS_DIR);
    const authorities = trusted(zookeeper);
    if (authorities.length > 0) {
      pod.addProjectedSecrets('zookeeper-authorities', authorities);
      pod.addMount({ name: 'zookeeper-authorities', mountPath: TRUST_SOURCE_DIR, readOnly: true });
    }
    pod.addEmptyDir('tmp', '/tmp');
    pod.addClaim('backup', props.claimName ?? name, BACKUP_DIR);

    if (props.claimName === undefined) {
      this.volumeClaim = new ApiObject(this, 'Claim', manifest<k8s.KubePersistentVolumeClaimProps>('v1', 'PersistentVolumeClaim', {
        metadata: {
          name,
          labels: pod.labels,
          // where a volume is made for its first pod, the claim waits for the first night, and Argo CD must not wait for it.
          annotations: keeping({ 'argocd.argoproj.io/ignore-healthcheck': 'true', ...storage.annotations }),
        },
        spec: claimSpec(storage, storage.expandTo ?? storage.size ?? DEFAULT_SIZE),
      }));
    }
    this.cronJob = new ApiObject(this, 'Resource', cronJob(name, pod, props, authorities.length > 0));
  }
}

function cronJob(name: string, pod: ServicePod, props: ZookeeperBackupProps, severalAuthorities: boolean): any {
  const { zookeeper } = props;
  const template = pod.template({
    command: [
      'python3', `${SCRIPTS_DIR}/backup.py`,
      '--servers', zookeeper.servers.join(','),
      '--ca', severalAuthorities ? TRUST_SOURCE_DIR : `${ZOOKEEPER_TLS_DIR}/ca.crt`,
      '--cert', `${ZOOKEEPER_TLS_DIR}/tls.crt`,
      '--key', `${ZOOKEEPER_TLS_DIR}/tls.key`,
      ...(zookeeper.chroot === undefined ? [] : ['--chroot', zookeeper.chroot]),
      '--directory', BACKUP_DIR,
    ],
    // what a job by hand replaces.
    args: ['save', '--keep', String(props.keep ?? 14), ...(props.paths ?? []).flatMap(path => ['--path', path])],
    lifecycle: undefined,
  });
  const object = manifest<k8s.KubeCronJobProps>('batch/v1', 'CronJob', {
    metadata: { name, labels: pod.labels, annotations: pod.workloadAnnotations() },
    spec: {
      schedule: props.schedule ?? '17 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      suspend: props.suspend ?? false,
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: pod.labels },
        spec: { backoffLimit: 2, template: { ...template, spec: { ...template.spec!, restartPolicy: 'Never' } } },
      },
    },
  });
  pod.completeSpec(object.spec.jobTemplate.spec.template.spec);
  return object;
}

function checkBackup(scope: Construct, options: ZookeeperBackupOptions, storage: PersistentStorage): void {
  checkAll([
    () => checkSchedule(scope, options.schedule),
    () => { if (options.keep !== undefined) { checkCount(scope, 'keep', options.keep, { least: 1 }); } },
    () => checkBoolean(scope, 'suspend', options.suspend),
    () => checkList(scope, 'paths', options.paths),
    () => {
      const bad = (Array.isArray(options.paths) ? options.paths : []).find(path => typeof path !== 'string' || (path !== '/' && !isChroot(path)));
      if (bad !== undefined) { fail(scope, `'paths' must be paths below the chroot, such as "/nodepool", without a final slash, got ${shown(bad)}`); }
      const paths = options.paths ?? [];
      const within = paths.findIndex((path, index) => paths.some((other, place) => index !== place && isBelow(path, other)));
      if (within >= 0) { fail(scope, `'paths' has ${shown(paths[within])} twice: by itself and by what it lies in; leave out one of the two`); }
    },
    () => {
      if (options.claimName === undefined) { return; }
      if (options.storage !== undefined) { fail(scope, "'storage' and 'claimName' are both given; leave out one of the two"); }
      checkObjectName(scope, 'claimName', options.claimName);
    },
    () => checkStorage(scope, { prop: 'storage', storage, defaultSize: DEFAULT_SIZE }),
    () => checkImage(scope, 'image', options.image),
  ]);
}

function checkSchedule(scope: Construct, schedule: unknown): void {
  if (schedule !== undefined && !(typeof schedule === 'string' && isSchedule(schedule))) {
    fail(scope, `'schedule' must be minute, hour, day, month and weekday as cron has them, such as "17 3 * * *", got ${shown(schedule)}`);
  }
}
