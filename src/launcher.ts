import { ApiObject, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { NodepoolConfig } from './config';
import { checkClusterAccess, ClusterAccess, clusterAccessDirectory, kubeconfig } from './credentials/kubeconfig';
import { ProvidersSecret } from './credentials/providers-secret';
import { ConfigRepository } from './service/config-repository';
import { LAUNCHER_IMAGE } from './service/images';
import { HOME, NodepoolService } from './service/nodepool-service';
import { completeWorkload, serviceManifest } from './service/workload-manifest';
import { checkCount, checkHost, checkInstanceName, shown } from './workload/checks';
import { dataDigest, fileConfigMap } from './workload/config-map';
import { millicores } from './workload/container';
import { CorporateCa } from './workload/corporate-ca';
import { checkAll, fail } from './workload/errors';
import { ContainerImage } from './workload/image';
import { checkKnownProps, propsOf } from './workload/known-props';
import { intOrString, manifest } from './workload/plain';
import { Platform } from './workload/platform';
import { PodSettings, POD_SETTINGS } from './workload/pod-settings';
import { ServicePod } from './workload/service-pod';
import { IZookeeperConnection } from './workload/zookeeper-connection';

const KUBECONFIG_DIR = '/etc/nodepool-kubeconfig';
const PORT_NAME = 'nlwebapp';

/** The status server of the launcher. */
export interface LauncherWebapp {
  /**
   * TCP port, in the pods and of the Service.
   *
   * @default 8006
   */
  readonly port?: number;

  /**
   * The address that it listens at. An address that the kubelet cannot reach makes the probes fail.
   *
   * @default 0.0.0.0
   */
  readonly listenAddress?: string;
}

/**
 * What can be set for the launcher in a stack. Default image: `quay.io/software-factory/nodepool-launcher`; default grace period: 120 seconds.
 */
export interface LauncherOptions extends PodSettings {
  /**
   * The status server: `/ready`, `/node-list`, `/label-list` and so on.
   *
   * @default - port 8006 on all addresses
   */
  readonly webapp?: LauncherWebapp;

  /**
   * How pods are replaced. Several launchers may run at the same time: they share the work through ZooKeeper.
   *
   * @default - a new launcher is ready before the old one stops
   */
  readonly strategy?: kplus.DeploymentStrategy;
}

/** Properties of `NodepoolLauncher`. */
export interface NodepoolLauncherProps extends LauncherOptions {
  /**
   * What the launcher serves. Excludes `configRepository`; one of the two is needed.
   *
   * @default - nodepool.yaml is fetched from `configRepository`
   */
  readonly config?: NodepoolConfig;

  /**
   * nodepool.yaml from a Git repository, fetched and checked in the pods: a commit there needs none here. Excludes `config`; one of the two is
   * needed.
   *
   * @default - nodepool.yaml is that of `config`
   */
  readonly configRepository?: ConfigRepository;

  /** Where ZooKeeper is. */
  readonly zookeeper: IZookeeperConnection;

  /**
   * The credentials of the clouds.
   *
   * @default - no credentials; enough for static nodes, and for pods by `clusterAccess`
   */
  readonly providers?: ProvidersSecret;

  /**
   * Clusters that the launcher reaches with a ServiceAccount's token (`OpenshiftPodsNamespace.clusterAccess` and its like). They make a
   * kubeconfig without a secret in it.
   *
   * @default - kubeconfig contexts come from `providers` alone
   */
  readonly clusterAccess?: ClusterAccess[];

  /**
   * Certificates of the company's own authorities.
   *
   * @default - what the image trusts
   */
  readonly corporateCa?: CorporateCa;

  /**
   * Begins the names of all objects: `<instance>-launcher`.
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

const LAUNCHER_OPTIONS = [...POD_SETTINGS, ...propsOf<Omit<LauncherOptions, keyof PodSettings>>({ webapp: true, strategy: true })];
const LAUNCHER_PROPS = [...LAUNCHER_OPTIONS, ...propsOf<Omit<NodepoolLauncherProps, keyof LauncherOptions>>({
  config: true, configRepository: true, zookeeper: true, providers: true, clusterAccess: true, corporateCa: true, instanceName: true, platform: true,
})];
const WEBAPP_PROPS = propsOf<LauncherWebapp>({ port: true, listenAddress: true });

/** Addresses that only the pod itself reaches. */
const LOOPBACK = /^(127\.|(0*:){2,7}0*1$|::ffff:127\.|localhost\.?$)/i;

/** Attempts of the startup probe, one every five seconds. */
const A_DAY = 24 * 60 * 12;

/**
 * Runs `nodepool-launcher`, which creates and deletes nodes: Deployment and Service `<instance>-launcher`, and their ConfigMaps.
 *
 * Ready means that `/ready` answers: the launcher has its connection to ZooKeeper and has begun to serve. Liveness looks only at the status
 * server's port, since `/ready` is 503 as long as ZooKeeper or a cloud is slow at the start, and a restart helps neither.
 */
export class NodepoolLauncher extends Construct {
  /**
   * The names of its settings in a stack.
   *
   * @internal
   */
  public static readonly _options: readonly string[] = LAUNCHER_OPTIONS;

  /** The Deployment. */
  public readonly deployment: ApiObject;

  /** The Service in front of the status server. */
  public readonly service: ApiObject;

  /** Holds `nodepool.yaml`; with `configRepository` `base.yaml`, the settings of the deployment that are joined with the fetched file. */
  public readonly configMap: ApiObject;

  /** Holds the logging configuration. */
  public readonly loggingConfigMap: ApiObject;

  /** Holds the scripts that start and stop the launcher. */
  public readonly scriptsConfigMap: ApiObject;

  /** Holds the kubeconfig of `clusterAccess`; not set without it. */
  public readonly kubeconfigConfigMap?: ApiObject;

  /** Holds the company's certificates, when they are given as text or file. */
  public readonly corporateCaConfigMap?: ApiObject;

  /** How many launchers run. */
  public readonly replicas: number;

  /** The port of the status server. */
  public readonly port: number;

  private readonly nodepoolService: NodepoolService;

  constructor(scope: Construct, id: string, props: NodepoolLauncherProps) {
    super(scope, id);
    checkAll([
      () => checkKnownProps(this, '', props, LAUNCHER_PROPS),
      () => checkKnownProps(this, 'webapp', props.webapp, WEBAPP_PROPS),
    ]);
    const instanceName = props.instanceName ?? 'nodepool';
    checkInstanceName(this, instanceName);
    this.port = props.webapp?.port ?? 8006;
    checkCount(this, 'webapp.port', this.port, { least: 1024, most: 65535 });
    if (props.webapp?.listenAddress !== undefined) { checkListenAddress(this, props.webapp.listenAddress); }
    if (props.strategy !== undefined && typeof props.strategy._toKube !== 'function') {
      fail(this, `'strategy' must be a DeploymentStrategy, such as DeploymentStrategy.recreate(), got ${shown(props.strategy)}`);
    }
    const name = `${instanceName}-launcher`;

    const pod = new ServicePod(this, {
      name,
      component: 'launcher',
      container: 'launcher',
      platform: props.platform ?? Platform.KUBERNETES,
      settings: props,
      defaultImage: ContainerImage.parse(LAUNCHER_IMAGE),
      defaultResources: {
        cpu: { request: millicores(100), limit: millicores(500) },
        memory: { request: Size.mebibytes(128), limit: Size.gibibytes(2) },
      },
      defaultGraceSeconds: () => 120,
    });
    this.replicas = pod.replicas;
    this.kubeconfigConfigMap = this.addClusterAccess(pod, `${name}-kubeconfig`, props.clusterAccess ?? []);

    const service = new NodepoolService(this, name, {
      ...props,
      pod,
      program: 'nodepool-launcher',
      baseSettings: { webapp: { port: this.port, listen_address: props.webapp?.listenAddress ?? '0.0.0.0' } },
      kubeconfigs: this.kubeconfigConfigMap ? [`${KUBECONFIG_DIR}/kube.config`] : [],
      contexts: (props.clusterAccess ?? []).map(access => access.context),
    });
    this.nodepoolService = service;
    pod.addEmptyDir('home', HOME);
    this.configMap = service.configMap;
    this.loggingConfigMap = service.loggingConfigMap;
    this.scriptsConfigMap = service.scriptsConfigMap;
    this.corporateCaConfigMap = service.corporateCaConfigMap;

    this.service = new ApiObject(this, 'Service', serviceManifest(name, pod, { name: PORT_NAME, port: this.port }));
    this.deployment = new ApiObject(this, 'Resource', this.deploymentManifest(name, pod, service.command(), props));
  }

  /**
   * A builder has the same configuration and leaves it to the launcher to report what is wrong in it.
   *
   * @internal
   */
  public _judgeConfigForBuilder(): void {
    this.nodepoolService.judgesConfigFor = 'both';
  }

  private deploymentManifest(name: string, pod: ServicePod, command: string[], props: NodepoolLauncherProps): any {
    return completeWorkload(pod, manifest<k8s.KubeDeploymentProps>('apps/v1', 'Deployment', {
      metadata: { name, labels: pod.labels, annotations: pod.workloadAnnotations() },
      spec: {
        replicas: pod.replicas,
        selector: { matchLabels: pod.selector },
        strategy: props.strategy?._toKube() ?? {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: intOrString(1), maxUnavailable: intOrString(0) },
        },
        template: pod.template({
          command,
          ports: [{ name: PORT_NAME, containerPort: this.port, protocol: 'TCP' }],
          readinessProbe: {
            httpGet: { path: '/ready', port: intOrString(PORT_NAME), scheme: 'HTTP' },
            periodSeconds: 10,
            timeoutSeconds: 5,
          },
          // whatever the clouds do, the port opens within seconds of the start; loading the drivers on a small CPU limit takes most of a minute,
          // and names of ZooKeeper that do not resolve are waited for another three quarters of one.
          // where a configuration is fetched, the launcher waits for a good one, and a restart would only make that longer: up to a day.
          startupProbe: { tcpSocket: { port: intOrString(PORT_NAME) }, periodSeconds: 5, failureThreshold: props.configRepository ? A_DAY : 36 },
          // two minutes: the launcher may be restarted inside its container, after it has finished what it was doing, and waits there likewise.
          livenessProbe: { tcpSocket: { port: intOrString(PORT_NAME) }, periodSeconds: 20, failureThreshold: 6 },
        }),
      },
    }));
  }

  /** A kubeconfig in a ConfigMap, and the tokens that it points at. */
  private addClusterAccess(pod: ServicePod, name: string, accesses: ClusterAccess[]): ApiObject | undefined {
    if (accesses.length === 0) { return undefined; }
    checkAll(accesses.map(access => () => checkClusterAccess(this, access)));
    const contexts = accesses.map(access => access.context);
    const twice = contexts.find((context, index) => contexts.indexOf(context) !== index);
    if (twice !== undefined) {
      fail(this, `'clusterAccess' has the kubeconfig context ${shown(twice)} twice; give each cluster and namespace a 'context' of its own`);
    }
    const configMap = fileConfigMap(this, 'Kubeconfig', name, pod.labels, { 'kube.config': kubeconfig(accesses) }, "the kubeconfig of 'clusterAccess'");
    pod.addConfigMap('kubeconfig', name, KUBECONFIG_DIR);
    pod.addChecksum('kubeconfig', () => dataDigest(configMap));
    accesses.forEach((access, index) => {
      // the keys are named so that the pod waits until the cluster has written the token.
      pod.addSecret(`cluster-${index}`, access.tokenSecretName, clusterAccessDirectory(access), {
        watch: true,
        items: { 'token': 'token', 'ca.crt': 'ca.crt' },
      });
    });
    return configMap;
  }
}

function checkListenAddress(scope: Construct, address: string): void {
  checkHost(scope, 'webapp.listenAddress', address);
  if (LOOPBACK.test(address)) {
    fail(scope, `'webapp.listenAddress' must be an address that the kubelet reaches, since it probes the launcher there, got ${shown(address)}; leave it out for 0.0.0.0`);
  }
}
