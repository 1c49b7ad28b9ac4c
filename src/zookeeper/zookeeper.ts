import { ApiObject, Chart, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ZookeeperBackup } from './backup';
import { BoundTls, TrustedCertificate } from './bound-tls';
import { EnsembleNames, PATHS, PORTS } from './ensemble';
import { checkOptions } from './option-checks';
import { resolvedOptions, VERSION, versionOf, ZOOKEEPER_OPTIONS, ZookeeperOptions } from './options';
import { isChroot } from './paths';
import { clientService, disruptionBudget, headlessService, memberServices, networkPolicy } from './services';
import { zooCfg } from './zoo-cfg';
import { completeClaimTemplates, completeWorkload } from '../service/workload-manifest';
import { asset } from '../workload/assets';
import { checkInstanceName, checkNamespace, shown } from '../workload/checks';
import { dataDigest, fileConfigMap } from '../workload/config-map';
import { millicores } from '../workload/container';
import { fail } from '../workload/errors';
import { ContainerImage } from '../workload/image';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { LogLevel } from '../workload/log-level';
import { manifest, quantity } from '../workload/plain';
import { Platform } from '../workload/platform';
import { ServicePod } from '../workload/service-pod';
import { Claim, claimTemplate, expandedClaims } from '../workload/storage';
import { warn } from '../workload/warnings';
import { IZookeeperConnection } from '../workload/zookeeper-connection';

const DEFAULT_IMAGE = `docker.io/library/zookeeper:${VERSION}`;

/** Properties of `Zookeeper`. */
export interface ZookeeperProps extends ZookeeperOptions {
  /**
   * Begins the names of all objects: `<instance>-zookeeper`.
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

type Resolved = ReturnType<typeof resolvedOptions>;

const PROPS = [...ZOOKEEPER_OPTIONS, ...propsOf<Omit<ZookeeperProps, keyof ZookeeperOptions>>({ instanceName: true, platform: true })];

/**
 * A ZooKeeper ensemble that speaks TLS alone: StatefulSet and Services `<instance>-zookeeper`, a volume for each member, certificates.
 * A member is ready when it serves, as leader or follower; it lives as long as it answers, whether or not there is a quorum.
 *
 * The chart needs a namespace, since the members' names hold it. Launchers and builders in the same namespace take the ensemble as their
 * `zookeeper`, also those of other stacks.
 */
export class Zookeeper extends Construct implements IZookeeperConnection {
  /** The StatefulSet. */
  public readonly statefulSet: ApiObject;

  /** The Service in front of the members that are ready. */
  public readonly service: ApiObject;

  /** The Service by which the members find each other. */
  public readonly headlessService: ApiObject;

  /** A Service for each member, by which clients reach it: its address stays when the pod is replaced. */
  public readonly memberServices: ApiObject[];

  /** Holds `zoo.cfg` and the scripts. */
  public readonly configMap: ApiObject;

  /** Lets one member be evicted at a time; not set for one member. */
  public readonly disruptionBudget?: ApiObject;

  /** The NetworkPolicy; not set where it is not wanted. */
  public readonly networkPolicy?: ApiObject;

  /** What saves the data; not set without `backup`. */
  public readonly backup?: ZookeeperBackup;

  /** The claims that `expandTo` makes larger; empty without it. */
  public readonly volumeClaims: ApiObject[];

  /** The members' Services as `host:port`. */
  public readonly servers: string[];

  /** Name of the Secret with Nodepool's certificate. */
  public readonly tlsSecretName: string;

  /** Names of the Secrets with the certificates of `clients`, by the clients' names. */
  public readonly clientTlsSecretNames: { [client: string]: string };

  /** The path under which Nodepool keeps its data; not set for the root. */
  public readonly chroot?: string;

  /** How many members there are. */
  public readonly members: number;

  /** How many of them have a vote. */
  public readonly votingMembers: number;

  /**
   * What clients must trust beside the `ca.crt` of their own Secret, while there are two generations of authorities.
   *
   * @internal
   */
  public readonly _trust: readonly TrustedCertificate[];

  /**
   * Where its Secrets are.
   *
   * @internal
   */
  public readonly _namespace: string;

  constructor(scope: Construct, id: string, props: ZookeeperProps = {}) {
    super(scope, id);
    checkKnownProps(this, '', props, PROPS);
    const instanceName = props.instanceName ?? 'nodepool';
    checkInstanceName(this, instanceName);
    const namespace = Chart.of(this).namespace;
    if (namespace === undefined) {
      fail(this, "the chart has no namespace, which the members' names hold; give it one: new Chart(app, 'zookeeper', { namespace: 'zuul' })");
    }
    checkNamespace(this, 'namespace', namespace);
    checkOptions(this, props);
    const options = resolvedOptions(props);
    if (props.image !== undefined && props.home === undefined && versionOf(props.image) === undefined) {
      warn(this, [`'image' is another one, and its tag does not begin with a version: ZooKeeper is looked for in ${options.home}; give 'home'`]);
    }
    const names = new EnsembleNames(instanceName, namespace, options.clusterDomain);
    this._namespace = namespace;
    this.members = options.members;
    this.votingMembers = options.newMembersVote ? options.members : options.votingMembers ?? options.members;
    this.chroot = options.chroot;
    this.servers = Array.from({ length: this.members }, (_, ordinal) => `${names.host(ordinal)}:${PORTS.client}`);

    const pod = new ServicePod(this, {
      name: names.workload,
      component: 'zookeeper',
      container: 'zookeeper',
      platform: props.platform ?? Platform.KUBERNETES,
      settings: { ...spreadSettings(props, options, names), replicas: options.members },
      defaultImage: ContainerImage.parse(DEFAULT_IMAGE),
      defaultResources: {
        cpu: { request: millicores(100), limit: millicores(1000) },
        memory: { request: Size.mebibytes(512), limit: Size.gibibytes(1) },
      },
      defaultGraceSeconds: () => 60,
    });
    const tls = options.tls._bind(this, names, pod.labels, options.clients);
    this.tlsSecretName = tls.clientSecret;
    this.clientTlsSecretNames = tls.clientSecrets;
    this._trust = tls.trustOfClients;

    this.configMap = fileConfigMap(this, 'Config', names.config, pod.labels, {
      'zoo.cfg': zooCfg({ ...options, names, ownLog: options.logStorage !== undefined }),
      'logback.xml': asset('zookeeper/logback.xml').replace('level="INFO"', `level="${props.logLevel ?? LogLevel.INFO}"`),
      ...Object.fromEntries(['java.security', 'start.sh', 'probe.sh', 'certificates.sh'].map(file => [file, asset(`zookeeper/${file}`)])),
    });
    pod.addConfigMap('config', names.config, PATHS.config);
    pod.addChecksum('config', () => dataDigest(this.configMap));
    pod.addEmptyDir('tmp', '/tmp');
    const claims = addVolumes(pod, names, options);
    addCertificateContainers(pod, tls);

    this.headlessService = headlessService(this, names, pod);
    this.service = clientService(this, names, pod);
    this.memberServices = memberServices(this, names, pod, this.members);
    this.statefulSet = new ApiObject(this, 'Resource', statefulSet(this, names, pod, options, claims));
    this.volumeClaims = claims.flatMap(claim => expandedClaims(this, claim.name === 'data' ? 'Claim' : 'LogClaim', claim, this.members));
    if (this.members > 1) { this.disruptionBudget = disruptionBudget(this, names, pod); }
    if (props.backup) {
      checkKnownProps(this, 'backup', props.backup, ZookeeperBackup._options);
      this.backup = new ZookeeperBackup(this, 'Backup', { ...props.backup, zookeeper: this, instanceName, platform: props.platform, pods: props });
    }
    if (options.networkPolicy.enabled ?? true) { this.networkPolicy = networkPolicy(this, names, pod, options.networkPolicy); }
  }

  /**
   * The same ensemble with another path, for a Nodepool that has nothing to do with this one's Zuul.
   *
   * Raises an error when it is no path.
   *
   * @param chroot the path, such as `/other`
   */
  public under(chroot: string): IZookeeperConnection {
    if (typeof chroot !== 'string' || !isChroot(chroot)) {
      fail(this, `'chroot' must be a path such as "/nodepool", without a final slash, got ${shown(chroot)}`);
    }
    const { servers, tlsSecretName, _trust, _namespace } = this;
    return { servers: [...servers], tlsSecretName, chroot, _trust, _namespace } as IZookeeperConnection;
  }
}

/** Members are apart from each other, unless the user says how they are spread. */
function spreadSettings(props: ZookeeperOptions, { members, oneMemberPerNode }: Resolved, names: EnsembleNames): ZookeeperOptions {
  if (members === 1) { return props; }
  const labelSelector = { matchLabels: { 'app.kubernetes.io/name': 'nodepool', 'run': names.workload } };
  const term = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
  const podAntiAffinity: k8s.PodAntiAffinity = oneMemberPerNode
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
  return {
    ...props,
    affinity: { podAntiAffinity, ...props.affinity },
    topologySpread: props.topologySpread ?? [{ maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' }],
  };
}

function addVolumes(pod: ServicePod, names: EnsembleNames, { storage, logStorage }: Resolved): Claim[] {
  const claim = { workload: names.workload, labels: pod.selector, defaultSize: Size.gibibytes(10) };
  pod.addMount({ name: 'data', mountPath: PATHS.data });
  if (logStorage === undefined) { return [{ ...claim, prop: 'storage', name: 'data', storage }]; }
  pod.addMount({ name: 'datalog', mountPath: PATHS.log });
  return [{ ...claim, prop: 'storage', name: 'data', storage }, { ...claim, prop: 'logStorage', name: 'datalog', storage: logStorage }];
}

/** What turns the mounted Secrets into the files that ZooKeeper reads and watches: once before it starts, and then beside it. */
function addCertificateContainers(pod: ServicePod, tls: BoundTls): void {
  const pair = { 'tls.crt': 'tls.crt', 'tls.key': 'tls.key' };
  pod.addSecret('server-tls', tls.serverSecret, `${PATHS.secrets}/server`, { items: pair, mount: false });
  pod.addSecret('quorum-tls', tls.quorumSecret, `${PATHS.secrets}/quorum`, { items: pair, mount: false });
  pod.addProjectedSecrets('client-trust', tls.clientTrust);
  pod.addProjectedSecrets('quorum-trust', tls.quorumTrust);
  pod.addEmptyDir('tls', PATHS.tls, { medium: 'Memory', sizeLimit: '4Mi' });
  const container = (name: string, mode: 'once' | 'follow', ...times: string[]): k8s.Container => ({
    name,
    image: pod.image.toString(),
    command: ['bash', `${PATHS.config}/certificates.sh`, mode, PATHS.secrets, PATHS.tls, ...times],
    resources: {
      requests: { cpu: quantity('10m'), memory: quantity('16Mi') },
      limits: { cpu: quantity('200m'), memory: quantity('64Mi') },
    },
    volumeMounts: [
      { name: 'config', mountPath: PATHS.config, readOnly: true },
      { name: 'tls', mountPath: PATHS.tls },
      // a here-document of bash is a file.
      { name: 'tmp', mountPath: '/tmp' },
      ...['server', 'quorum'].map(each => ({ name: `${each}-tls`, mountPath: `${PATHS.secrets}/${each}`, readOnly: true })),
      ...['client-trust', 'quorum-trust'].map(each => ({ name: each, mountPath: `${PATHS.secrets}/${each}`, readOnly: true })),
    ],
  });
  pod.addInitContainer(container('prepare-certificates', 'once'));
  // every 5 seconds; and 10 seconds longer than java, since this keeps the pod's address.
  pod.addSidecar(container('certificates', 'follow', '5', '10'));
}

function statefulSet(scope: Construct, names: EnsembleNames, pod: ServicePod, options: Resolved, claims: Claim[]): any {
  const probe = (what: 'alive' | 'ready') => ({ exec: { command: ['bash', `${PATHS.config}/probe.sh`, what, PATHS.tls] }, timeoutSeconds: 10 });
  const workload = manifest<k8s.KubeStatefulSetProps>('apps/v1', 'StatefulSet', {
    metadata: { name: names.workload, labels: pod.labels, annotations: pod.workloadAnnotations() },
    spec: {
      replicas: options.members,
      serviceName: names.headless,
      selector: { matchLabels: pod.selector },
      // all at once: one alone is no quorum, and would never be ready.
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: claims.map(claim => claimTemplate(scope, claim)),
      template: pod.template({
        command: ['bash', `${PATHS.config}/start.sh`, `${PATHS.config}/zoo.cfg`, ...javaCommand(options)],
        // java has no handler for SIGTERM in its first moments.
        lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } },
        ports: (['client', 'quorum', 'election', 'metrics'] as const).map(port => ({ name: port, containerPort: PORTS[port], protocol: 'TCP' })),
        // ten minutes at least: a snapshot is read before the port opens, and a new member waits for the first one.
        startupProbe: { ...probe('alive'), periodSeconds: 2, failureThreshold: 300 },
        // what hangs does not end by SIGTERM, and is killed soon.
        livenessProbe: { ...probe('alive'), periodSeconds: 10, failureThreshold: 3, terminationGracePeriodSeconds: 10 },
        readinessProbe: { ...probe('ready'), periodSeconds: 5, failureThreshold: 2 },
      }),
    },
  });
  const { limits } = workload.spec.template.spec.containers[0].resources;
  const command: string[] = workload.spec.template.spec.containers[0].command;
  command.splice(command.indexOf('java') + 1, 0, `-Xmx${heapMebibytes(limits.memory)}m`);
  return completeClaimTemplates(completeWorkload(pod, workload));
}

function javaCommand({ home, javaOptions }: Resolved): string[] {
  return [
    'java', '-XX:+ExitOnOutOfMemoryError', '-XX:-UsePerfData', `-Djava.security.properties=${PATHS.config}/java.security`,
    ...javaOptions,
    '-cp', `${PATHS.config}:${home}/lib/*`, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', `${PATHS.config}/zoo.cfg`,
  ];
}

/** Half of the limit, in MiB: as much again may go to the buffers of the connections, the rest is java's own. */
function heapMebibytes(limit: string): number {
  const [, amount, unit] = /^(\d+)(Gi|Mi)$/.exec(limit)!;
  return Math.max(32, Math.floor(Number(amount) * (unit === 'Gi' ? 1024 : 1) / 2));
}
