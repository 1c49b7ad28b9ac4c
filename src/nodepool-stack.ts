import { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { BuilderOptions, NodepoolBuilder } from './builder';
import { NodepoolConfig } from './config';
import { bindImagePull, pullingWith } from './credentials/image-pull';
import { ProvidersSecret } from './credentials/providers-secret';
import { SecretSource } from './credentials/secret-source';
import { clusterScoped } from './credentials/service-account';
import { DriverAccessOptions, KubernetesDriverAccess, KubernetesDriverOptions, OpenshiftDriverAccess } from './driver-access';
import { LauncherOptions, NodepoolLauncher } from './launcher';
import { OpenshiftPodsNamespace, OpenshiftPodsOptions } from './openshift-pods';
import { refuseBaseKeys } from './service/base-keys';
import { checkedConfig, ConfigRepository, repositoryLogin } from './service/config-repository';
import { zookeeperTls } from './service/zookeeper-settings';
import { KEEP } from './workload/annotations';
import { checkBoolean, checkInstanceName, checkLabels, checkList, checkNamespace, shown } from './workload/checks';
import { CorporateCa } from './workload/corporate-ca';
import { checkAll, fail } from './workload/errors';
import { checkKnownProps, propsOf } from './workload/known-props';
import { nodepoolLabels } from './workload/labels';
import { manifest } from './workload/plain';
import { Platform } from './workload/platform';
import { mergeSettings, PodSettings, POD_SETTINGS, surroundings } from './workload/pod-settings';
import { warn } from './workload/warnings';
import { IZookeeperConnection } from './workload/zookeeper-connection';
import { Zookeeper } from './zookeeper/zookeeper';
import { ZookeeperSource } from './zookeeper/zookeeper-source';

/** The builder of a stack. */
export interface StackBuilderOptions extends BuilderOptions {
  /**
   * Whether there is a builder.
   *
   * @default - there is one when `builderConfig` or `configRepository.builderPath` is given, or when a diskimage of `config` that is not
   * abstract has more than its name; with `configRepository` alone it must be said
   */
  readonly enabled?: boolean;
}

/** Properties of `NodepoolStack`. */
export interface NodepoolStackProps {
  /** The namespace of the services. */
  readonly namespace: string;

  /**
   * nodepool.yaml, of the launcher and of the builder where `builderConfig` is not given. Excludes `configRepository`; one of the two is needed.
   *
   * @default - nodepool.yaml is fetched from `configRepository`
   */
  readonly config?: NodepoolConfig;

  /**
   * nodepool.yaml from a Git repository, such as Zuul's config repository, fetched and checked in the pods: a commit there needs none here.
   * Excludes `config` and `builderConfig`. What the stack else takes from nodepool.yaml is then said by props: `builder.enabled`,
   * `builder.terminationGracePeriod`; names of clouds, contexts and AWS profiles are checked in the pods alone.
   *
   * @default - nodepool.yaml is that of `config`
   */
  readonly configRepository?: ConfigRepository;

  /** The ZooKeeper ensemble that Nodepool shares with Zuul: one that exists, the stack's own, or the `Zookeeper` of another stack. */
  readonly zookeeper: IZookeeperConnection;

  /**
   * The builder's own nodepool.yaml.
   *
   * @default - the builder has `config` too, or what `configRepository` says
   */
  readonly builderConfig?: NodepoolConfig;

  /**
   * The credentials of the clouds: a Secret with any of the keys `clouds.yaml`, `kube.config`, `aws.config`.
   *
   * @default - no credentials; enough for static nodes and for pods in the same cluster
   */
  readonly providers?: SecretSource;

  /**
   * The credentials of private registries: a Secret of type `kubernetes.io/dockerconfigjson` with the key `.dockerconfigjson`, for the pods of
   * launcher and builder, beside the names of `imagePullSecrets`. One that is rendered, or that an operator makes, is named `<instance>-image-pull`.
   *
   * @default - images are pulled without credentials
   */
  readonly imagePull?: SecretSource;

  /**
   * Namespaces for job pods in the same cluster, made by the `openshiftpods` driver (on any Kubernetes).
   *
   * @default - none
   */
  readonly openshiftPods?: OpenshiftPodsOptions[];

  /**
   * The rights of the `kubernetes` driver in the same cluster, which makes a namespace for each node.
   *
   * @default - none
   */
  readonly kubernetesDriver?: KubernetesDriverOptions;

  /**
   * The rights of the `openshift` driver in the same cluster, which makes a project for each node.
   *
   * @default - none
   */
  readonly openshiftDriver?: DriverAccessOptions;

  /**
   * Settings of the launcher, over `podDefaults`.
   *
   * @default - one launcher with the defaults of `NodepoolLauncher`
   */
  readonly launcher?: LauncherOptions;

  /**
   * Settings of the builder, over `podDefaults`.
   *
   * @default - the defaults of `NodepoolBuilder`, if there is a builder
   */
  readonly builder?: StackBuilderOptions;

  /**
   * Settings of all pods. Where a service has its own, maps are merged and any other setting of the service replaces the default.
   *
   * @default - each service's own defaults
   */
  readonly podDefaults?: PodSettings;

  /**
   * Certificates of the company's own authorities, for launcher and builder.
   *
   * @default - what the images trust
   */
  readonly corporateCa?: CorporateCa;

  /**
   * Labels on every object and pod of the stack.
   *
   * @default - our labels only
   */
  readonly extraLabels?: { [key: string]: string };

  /**
   * Begins the names of all objects. Two stacks with two instance names fit in one namespace.
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

  /**
   * Renders the Namespace of the services too, with Pod Security `restricted` and protected from pruning.
   *
   * @default false
   */
  readonly createNamespace?: boolean;
}

const STACK_PROPS = propsOf<NodepoolStackProps>({
  namespace: true,
  config: true,
  configRepository: true,
  zookeeper: true,
  builderConfig: true,
  providers: true,
  imagePull: true,
  openshiftPods: true,
  kubernetesDriver: true,
  openshiftDriver: true,
  launcher: true,
  builder: true,
  podDefaults: true,
  corporateCa: true,
  extraLabels: true,
  instanceName: true,
  platform: true,
  createNamespace: true,
});

/**
 * A whole Nodepool: launcher, builder, credentials, and the namespaces of job pods, handed to each other.
 */
export class NodepoolStack extends Chart {
  /** The launcher. */
  public readonly launcher: NodepoolLauncher;

  /** The builder; not set when there are no images to build. */
  public readonly builder?: NodepoolBuilder;

  /** The credentials of the clouds; not set without `providers`. */
  public readonly providersSecret?: ProvidersSecret;

  /** The Secret, ExternalSecret or SealedSecret of `imagePull`; not set without it, and where nothing is rendered. */
  public readonly imagePullSecret?: ApiObject;

  /** The ensemble; not set for `ZookeeperSource.external`. */
  public readonly zookeeper?: Zookeeper;

  /** The Secret, ExternalSecret or SealedSecret of ZooKeeper's client certificate; not set where nothing is rendered. */
  public readonly zookeeperTlsSecret?: ApiObject;

  /** The Secret, ExternalSecret or SealedSecret of `configRepository.credentials`; not set without them, and where nothing is rendered. */
  public readonly configRepositorySecret?: ApiObject;

  /** The namespaces of job pods, in the order of `openshiftPods`. */
  public readonly openshiftPods: OpenshiftPodsNamespace[];

  /** The rights of the kubernetes driver; not set without `kubernetesDriver`. */
  public readonly kubernetesDriver?: KubernetesDriverAccess;

  /** The rights of the openshift driver; not set without `openshiftDriver`. */
  public readonly openshiftDriver?: OpenshiftDriverAccess;

  /** The Namespace of the services; not set without `createNamespace`. */
  public readonly namespaceObject?: ApiObject;

  /** Begins the names of all objects. */
  public readonly instanceName: string;

  constructor(scope: Construct, id: string, props: NodepoolStackProps) {
    super(scope, id, { namespace: props.namespace });
    this.instanceName = props.instanceName ?? 'nodepool';
    checkList(this, 'openshiftPods', props.openshiftPods);
    checkAll([
      () => checkKnownProps(this, '', props, STACK_PROPS),
      () => checkKnownProps(this, 'podDefaults', props.podDefaults, POD_SETTINGS),
      () => checkKnownProps(this, 'launcher', props.launcher, NodepoolLauncher._options),
      () => checkKnownProps(this, 'builder', props.builder, [...NodepoolBuilder._options, 'enabled']),
      ...(props.openshiftPods ?? []).map((options, index) => () =>
        checkKnownProps(this, `openshiftPods[${options?.namespace ?? index}]`, options ?? '', OpenshiftPodsNamespace._options)),
      // before they are merged: parts of a text would become labels.
      () => checkLabels(this, 'extraLabels', props.extraLabels ?? {}),
      () => checkLabels(this, 'podDefaults.extraLabels', props.podDefaults?.extraLabels ?? {}),
      () => checkBoolean(this, 'createNamespace', props.createNamespace),
      () => checkBoolean(this, 'builder.enabled', props.builder?.enabled),
      () => checkNamespace(this, 'namespace', props.namespace),
      () => checkInstanceName(this, this.instanceName),
      ...podsNamespaces(this, props),
      () => this.checkConfig(props),
      () => refuseBaseKeys(this, { config: props.config, builderConfig: props.builderConfig }),
    ]);

    const own = { instanceName: this.instanceName, namespace: props.namespace, extraLabels: props.extraLabels };
    if (props.createNamespace) { this.namespaceObject = this.addNamespace(props); }
    this.openshiftPods = (props.openshiftPods ?? []).map(options => new OpenshiftPodsNamespace(this, `OpenshiftPods-${options.namespace}`, {
      ...options,
      extraLabels: { ...props.extraLabels, ...options.extraLabels },
      instanceName: this.instanceName,
      launcherNamespace: props.namespace,
    }));
    if (props.kubernetesDriver) { this.kubernetesDriver = new KubernetesDriverAccess(this, 'KubernetesDriver', { ...props.kubernetesDriver, ...own }); }
    if (props.openshiftDriver) { this.openshiftDriver = new OpenshiftDriverAccess(this, 'OpenshiftDriver', { ...props.openshiftDriver, ...own }); }
    if (props.providers) {
      this.providersSecret = new ProvidersSecret(this, 'Providers', { source: props.providers, ...own });
    }

    this.configRepositorySecret = props.configRepository
      && repositoryLogin(this, props.configRepository, this.instanceName, props.extraLabels)?.secret.object;
    const imagePull = bindImagePull(this, props.imagePull, this.instanceName, props.extraLabels);
    this.imagePullSecret = imagePull?.object;

    const defaults: PodSettings = { ...props.podDefaults, extraLabels: { ...props.extraLabels, ...props.podDefaults?.extraLabels } };
    this.zookeeper = props.zookeeper instanceof ZookeeperSource
      ? props.zookeeper._makeEnsemble(this, options => ({
        ...pullingWith(imagePull, mergeSettings(surroundings(defaults), options)), instanceName: this.instanceName, platform: props.platform,
      }))
      : undefined;
    const zookeeper = this.zookeeper ?? props.zookeeper;
    this.zookeeperTlsSecret = zookeeperTls(this, zookeeper, this.instanceName, props.extraLabels).object;
    const shared = {
      zookeeper,
      providers: this.providersSecret,
      corporateCa: props.corporateCa,
      instanceName: this.instanceName,
      platform: props.platform,
    };
    this.launcher = new NodepoolLauncher(this, 'Launcher', {
      ...pullingWith(imagePull, mergeSettings(defaults, props.launcher ?? {})),
      ...shared,
      config: props.config,
      configRepository: props.configRepository,
      clusterAccess: this.clusterAccesses(),
    });
    this.builder = this.addBuilder(props, pullingWith(imagePull, mergeSettings(defaults, props.builder ?? {})), shared);
    this.node.addValidation({ validate: () => { warn(this, this.unknownContexts(props)); return []; } });
  }

  /** Where nodepool.yaml comes from; what the stack would have found in it must be said where only the pods see it. */
  private checkConfig(props: NodepoolStackProps): void {
    checkedConfig(this, props);
    if (props.configRepository === null) { fail(this, "'configRepository' must be a map with 'url' and 'ref', or left out, got null"); }
    if (!props.configRepository) { return; }
    if (props.builderConfig !== undefined) {
      fail(this, "'builderConfig' and 'configRepository' are both given; put the builder's file into the repository and name it by 'configRepository.builderPath'");
    }
    if (props.builder?.enabled === undefined && props.configRepository.builderPath === undefined) {
      fail(this, "'builder.enabled' must be said with 'configRepository', since only the pods see whether there are diskimages to build:"
        + ' true if there are, false if there are none or they are built elsewhere');
    }
  }

  private addBuilder(
    props: NodepoolStackProps,
    settings: StackBuilderOptions,
    shared: { zookeeper: IZookeeperConnection; providers?: ProvidersSecret; corporateCa?: CorporateCa; instanceName: string; platform?: Platform },
  ): NodepoolBuilder | undefined {
    const { enabled, ...options } = settings;
    const { config, configRepository } = props;
    const wanted = enabled ?? (props.builderConfig !== undefined || configRepository?.builderPath !== undefined || config?._hasDiskimagesToBuild());
    if (wanted) {
      const builder = new NodepoolBuilder(this, 'Builder', { ...options, ...shared, config: props.builderConfig ?? config, configRepository });
      if ((props.builderConfig ?? config) === config) {
        builder._leaveConfigToLauncher();
        this.launcher._judgeConfigForBuilder();
      }
      return builder;
    }
    if (enabled === undefined && config) {
      // it was decided when the stack was made; a diskimage that came later would never be built.
      this.node.addValidation({
        validate: () => config._hasDiskimagesToBuild()
          ? ['a diskimage was added after the stack was made, and there is no builder; set builder: { enabled: true }, or false if it is built elsewhere']
          : [],
      });
    }
    return undefined;
  }

  /** Providers whose kubeconfig context nobody brings; unknown only where no Secret may bring it. */
  private unknownContexts(props: NodepoolStackProps): string[] {
    if (props.providers || !props.config) { return []; }
    const known = this.clusterAccesses().map(access => access.context);
    return props.config._contexts()
      .filter(({ context }) => context !== undefined && !known.includes(context))
      .map(({ provider, context }) => `providers[${provider}].context: no kubeconfig has the context ${shown(context)}; `
        + `known contexts: ${known.join(', ') || 'none'}; give one by openshiftPods, kubernetesDriver or openshiftDriver, or a kube.config by providers`);
  }

  private clusterAccesses() {
    return [...this.openshiftPods, this.kubernetesDriver, this.openshiftDriver].flatMap(part => part?.clusterAccess ? [part.clusterAccess] : []);
  }

  private addNamespace(props: NodepoolStackProps): ApiObject {
    return clusterScoped(new ApiObject(this, 'Namespace', manifest<k8s.KubeNamespaceProps>('v1', 'Namespace', {
      metadata: {
        name: props.namespace,
        labels: {
          ...nodepoolLabels('namespace', props.extraLabels),
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/audit': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
        annotations: KEEP,
      },
    })));
  }
}

/** Two sets of job pods in one namespace, or one kubeconfig context for two: found before anything is made. */
function podsNamespaces(scope: NodepoolStack, props: NodepoolStackProps): (() => void)[] {
  const pods = props.openshiftPods ?? [];
  if (pods.some(options => typeof options !== 'object' || options === null)) {
    return [() => fail(scope, "'openshiftPods' must be a list of maps such as { namespace: 'nodepool' }")];
  }
  return [
    ...twice(pods.map(options => options.namespace)).map(namespace => () =>
      fail(scope, `'openshiftPods' has the namespace ${shown(namespace)} twice; one entry serves any number of providers and pools`)),
    ...twice(pods.map(options => options.context ?? 'openshiftpods')).map(context => () =>
      fail(scope, `'openshiftPods' has the kubeconfig context ${shown(context)} for two namespaces; give each entry a 'context' of its own`)),
  ];
}

/** What stands more than once in a list, each once. */
function twice(values: string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
