import { ApiObject, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { addBuildLogs, BUILD_LOGS_PORT } from './builder/build-logs';
import { BuilderOptions, BUILDER_OPTIONS } from './builder/builder-options';
import { addDibAnsible, dibAnsibleProblems } from './builder/dib-ansible';
import { addDibCommands } from './builder/dib-commands';
import { baseSettings, checkedDirectories } from './builder/directories';
import { addNetworkPolicy } from './builder/network-policy';
import { addSsh, SSH_DIR } from './builder/ssh';
import { NodepoolConfig } from './config';
import { ProvidersSecret } from './credentials/providers-secret';
import { ConfigRepository } from './service/config-repository';
import { HOME, NodepoolService } from './service/nodepool-service';
import { completeClaimTemplates, completeWorkload, serviceManifest } from './service/workload-manifest';
import { checkInstanceName, isWithin } from './workload/checks';
import { millicores } from './workload/container';
import { CorporateCa } from './workload/corporate-ca';
import { ContainerImage } from './workload/image';
import { checkKnownProps, propsOf } from './workload/known-props';
import { PASSWD_DIR, PASSWD_MOUNT, PASSWD_VOLUME } from './workload/passwd';
import { manifest } from './workload/plain';
import { Platform } from './workload/platform';
import { ServicePod } from './workload/service-pod';
import { Claim, claimTemplate, expandedClaims } from './workload/storage';
import { IZookeeperConnection } from './workload/zookeeper-connection';

export type { BuilderOptions, BuilderStorage } from './builder/builder-options';

/** The image of the builder where none is given. It runs as any user. */
const DEFAULT_IMAGE = 'quay.io/software-factory/nodepool-builder:11.0.0-20250925-2';

/** What a build may still need after its own time limit: the files' checksums, the record in ZooKeeper. */
const AFTER_BUILD_SECONDS = 300;

/** Properties of `NodepoolBuilder`. */
export interface NodepoolBuilderProps extends BuilderOptions {
  /**
   * What the builder builds and uploads. Excludes `configRepository`; one of the two is needed.
   *
   * @default - nodepool.yaml is fetched from `configRepository`
   */
  readonly config?: NodepoolConfig;

  /**
   * nodepool.yaml from a Git repository, fetched and checked in the pods: a commit there needs none here. Excludes `config`; one of the two is
   * needed. How long its builds take is not known when the manifests are made: the
   * default grace period is then made for Nodepool's own limit of 8 hours, and `config-check` says in its log when a diskimage has a longer one.
   *
   * @default - nodepool.yaml is that of `config`
   */
  readonly configRepository?: ConfigRepository;

  /** Where ZooKeeper is. */
  readonly zookeeper: IZookeeperConnection;

  /**
   * The credentials of the clouds that images are uploaded to.
   *
   * @default - no credentials; images are built and not uploaded
   */
  readonly providers?: ProvidersSecret;

  /**
   * Certificates of the company's own authorities.
   *
   * @default - what the image trusts
   */
  readonly corporateCa?: CorporateCa;

  /**
   * Begins the names of all objects: `<instance>-builder`.
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

const BUILDER_PROPS = [...BUILDER_OPTIONS, ...propsOf<Omit<NodepoolBuilderProps, keyof BuilderOptions>>({
  config: true, configRepository: true, zookeeper: true, providers: true, corporateCa: true, instanceName: true, platform: true,
})];

/**
 * Runs `nodepool-builder`, which builds images and uploads them: StatefulSet and Service `<instance>-builder`, the volume, and their
 * ConfigMaps. The build logs are served on port 8080 under `/nodepool/builds`.
 */
export class NodepoolBuilder extends Construct {
  /**
   * The names of its settings in a stack.
   *
   * @internal
   */
  public static readonly _options: readonly string[] = BUILDER_OPTIONS;

  /** The StatefulSet. */
  public readonly statefulSet: ApiObject;

  /** The Service in front of the build logs. */
  public readonly service: ApiObject;

  /** Holds `nodepool.yaml`; with `configRepository` `base.yaml`, the settings of the deployment that are joined with the fetched file. */
  public readonly configMap: ApiObject;

  /** Holds the logging configuration. */
  public readonly loggingConfigMap: ApiObject;

  /** Holds the scripts that start and stop the builder. */
  public readonly scriptsConfigMap: ApiObject;

  /** Holds the ssh client's configuration and the known hosts. */
  public readonly sshConfigMap: ApiObject;

  /** Holds the configuration of the build logs' server. */
  public readonly buildLogsConfigMap: ApiObject;

  /** Holds the commands of `dibCommands`; not set without them. */
  public readonly dibCommandsConfigMap?: ApiObject;

  /** Holds `dib-ansible`; not set without `playbooks`. */
  public readonly dibAnsibleConfigMap?: ApiObject;

  /** Holds the playbooks; not set without them, and for a checkout. */
  public readonly playbooksConfigMap?: ApiObject;

  /** Holds Ansible's inventory; not set without `imageBuilders`. */
  public readonly inventoryConfigMap?: ApiObject;

  /** Holds the script that checks the playbooks out; not set for others than `Playbooks.fromGit`. */
  public readonly checkoutConfigMap?: ApiObject;

  /** The Secret, ExternalSecret or SealedSecret of the playbooks' repository; not set where none is rendered. */
  public readonly playbooksSecret?: ApiObject;

  /** The NetworkPolicy; not set without `networkPolicy`. */
  public readonly networkPolicy?: ApiObject;

  /** Holds Zuul's public keys; not set without them. */
  public readonly zuulKeysConfigMap?: ApiObject;

  /** The Secret, ExternalSecret, SealedSecret or Job of the builder's ssh key; not set for a Secret that exists already, and for a file of SOPS. */
  public readonly sshKeySecret?: ApiObject;

  /** Holds the company's certificates, when they are given as text or file. */
  public readonly corporateCaConfigMap?: ApiObject;

  /** The claims that `storage.expandTo` makes larger, one for each replica; empty without it. */
  public readonly volumeClaims: ApiObject[];

  /** How many builders run. */
  public readonly replicas: number;

  /** Name of the Secret with the builder's ssh key (`priv`, `pub`). */
  public readonly sshKeySecretName: string;

  private readonly nodepoolService: NodepoolService;

  constructor(scope: Construct, id: string, props: NodepoolBuilderProps) {
    super(scope, id);
    checkKnownProps(this, '', props, BUILDER_PROPS);
    const instanceName = props.instanceName ?? 'nodepool';
    checkInstanceName(this, instanceName);
    const directories = checkedDirectories(this, props);
    const name = `${instanceName}-builder`;

    const pod = new ServicePod(this, {
      name,
      component: 'builder',
      container: 'nodepool-builder',
      platform: props.platform ?? Platform.KUBERNETES,
      settings: props,
      defaultImage: ContainerImage.parse(DEFAULT_IMAGE),
      defaultResources: {
        cpu: { request: millicores(100), limit: millicores(500) },
        memory: { request: Size.mebibytes(128), limit: Size.gibibytes(2) },
      },
      defaultGraceSeconds: () => (props.config ?? new NodepoolConfig())._longestBuildTimeout() + AFTER_BUILD_SECONDS,
    });
    this.replicas = pod.replicas;
    pod.addMount({ name, mountPath: HOME });

    const service = new NodepoolService(this, name, {
      ...props,
      pod,
      program: 'nodepool-builder',
      configPath: props.configRepository?.builderPath,
      longestBuild: () => pod.graceSeconds() - AFTER_BUILD_SECONDS,
      baseSettings: baseSettings(props, directories),
      kubeconfigs: [],
      prepare: {
        arguments: [
          '--passwd-out', `${PASSWD_DIR}/passwd`, '--home', HOME,
          // .ssh is a mount point inside the volume, which the container runtime would make for root.
          ...[...directories.values(), SSH_DIR].filter(path => isWithin(path, HOME)).flatMap(path => ['--mkdir', path]),
        ],
        volumeMounts: [{ name, mountPath: HOME }, { name: PASSWD_VOLUME, mountPath: PASSWD_DIR }],
      },
    });
    this.nodepoolService = service;
    this.configMap = service.configMap;
    this.loggingConfigMap = service.loggingConfigMap;
    this.scriptsConfigMap = service.scriptsConfigMap;
    this.corporateCaConfigMap = service.corporateCaConfigMap;

    pod.addEmptyDir(PASSWD_VOLUME, PASSWD_DIR, { mount: false, sizeLimit: '8Mi' });
    pod.addMount(PASSWD_MOUNT);
    const ssh = addSsh(this, pod, instanceName, props);
    this.sshConfigMap = ssh.configMap;
    this.zuulKeysConfigMap = ssh.zuulKeysConfigMap;
    this.sshKeySecret = ssh.key.object;
    this.sshKeySecretName = ssh.key.secretName;
    this.dibCommandsConfigMap = addDibCommands(this, pod, name, props.dibCommands);
    const ansible = addDibAnsible(this, pod, name, {
      playbooks: props.playbooks, machines: ssh.machines, caBundle: props.corporateCa && service.caBundle,
    });
    this.dibAnsibleConfigMap = ansible.scripts;
    this.playbooksConfigMap = ansible.playbooks;
    this.inventoryConfigMap = ansible.inventory;
    this.checkoutConfigMap = ansible.checkout;
    this.playbooksSecret = ansible.credentials;
    this.buildLogsConfigMap = addBuildLogs(this, pod, name, props.buildLogs ?? {});

    this.service = new ApiObject(this, 'Service', serviceManifest(name, pod, BUILD_LOGS_PORT));
    const claim: Claim = { prop: 'storage', name, workload: name, labels: pod.selector, storage: props.storage ?? {}, defaultSize: Size.gibibytes(20) };
    this.statefulSet = new ApiObject(this, 'Resource', this.statefulSetManifest(name, pod, service.command(), claim));
    this.volumeClaims = expandedClaims(this, 'Claim', claim, pod.replicas);
    this.networkPolicy = addNetworkPolicy(this, pod, name, props.networkPolicy, { ...props, machines: ssh.machines });
    this.node.addValidation({ validate: () => dibAnsibleProblems(props.config, props.playbooks, ssh.machines) });
  }

  /**
   * The launcher has the same configuration and reports what is wrong in it.
   *
   * @internal
   */
  public _leaveConfigToLauncher(): void {
    this.nodepoolService.judgesConfigFor = 'nobody';
  }

  private statefulSetManifest(name: string, pod: ServicePod, command: string[], claim: Claim): any {
    return completeClaimTemplates(completeWorkload(pod, manifest<k8s.KubeStatefulSetProps>('apps/v1', 'StatefulSet', {
      metadata: { name, labels: pod.labels, annotations: pod.workloadAnnotations() },
      spec: {
        replicas: pod.replicas,
        serviceName: name,
        selector: { matchLabels: pod.selector },
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [claimTemplate(this, claim)],
        template: pod.template({ command }),
      },
    })));
  }
}
