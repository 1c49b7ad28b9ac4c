import { ApiObject, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { NodepoolConfig, NodepoolRole } from '../config';
import { refuseBaseKeys } from './base-keys';
import { checkedConfig, ConfigRepository } from './config-repository';
import { addFetchedConfig, BASE_FILE, fetchPrepare, fetchScripts, startOnlyDir } from './fetched-config';
import { loggingConfig } from './logging';
import { addTrust, checkZookeeper, trustScripts, ZOOKEEPER_TLS_DIR, zookeeperArguments, zookeeperSettings, zookeeperTls } from './zookeeper-settings';
import { unknownCredentials, withoutCredentials } from '../credentials/cross-checks';
import { ProvidersSecret } from '../credentials/providers-secret';
import { asset } from '../workload/assets';
import { dataDigest, fileConfigMap } from '../workload/config-map';
import { BoundCorporateCa, CorporateCa } from '../workload/corporate-ca';
import { digest } from '../workload/digest';
import { fail } from '../workload/errors';
import { LogLevel } from '../workload/log-level';
import { quantity } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';
import { warn } from '../workload/warnings';
import { IZookeeperConnection } from '../workload/zookeeper-connection';

const CONFIG_DIR = '/etc/nodepool';
const LOGGING_DIR = '/etc/nodepool-logging';
const SCRIPTS_DIR = '/etc/nodepool-scripts';
const CA_SOURCE_DIR = '/etc/nodepool-corporate-ca';
const CA_BUNDLE_DIR = '/etc/nodepool-ca';

/** Home of the daemons in all images, and the builder's volume. */
export const HOME = '/var/lib/nodepool';

/** What the API server takes at most for all data of a ConfigMap. */
const CONFIG_MAP_LIMIT = 1024 * 1024;

/** Where both families of images keep the certificates that OpenSSL, curl and Python trust. */
const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'];

/** What Nodepool's drivers and their libraries read to find the certificates that they trust. */
const CA_VARIABLES = ['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'HTTPLIB2_CA_CERTS', 'AWS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO'];

export interface NodepoolServiceProps {
  readonly pod: ServicePod;
  readonly program: 'nodepool-launcher' | 'nodepool-builder';
  readonly config?: NodepoolConfig;
  readonly configRepository?: ConfigRepository;
  /** The path of nodepool.yaml in it. */
  readonly configPath?: string;
  /** How long a build may take before the end of the pod cuts it off. */
  readonly longestBuild?: () => number;
  readonly zookeeper: IZookeeperConnection;
  readonly instanceName?: string;
  readonly extraLabels?: { [key: string]: string };
  readonly providers?: ProvidersSecret;
  readonly corporateCa?: CorporateCa;
  readonly logLevel?: LogLevel;
  readonly statsd?: { readonly host: string; readonly port?: number };
  /** Base settings of nodepool.yaml beyond ZooKeeper. */
  readonly baseSettings: Record<string, unknown>;
  /** Kubeconfigs that we render, as paths in the pod. */
  readonly kubeconfigs: string[];
  /** The contexts of these; absent where the service talks to no cluster. */
  readonly contexts?: string[];
  /** Arguments of the init script, when the service needs it for more than certificates. */
  readonly prepare?: { readonly arguments: string[]; readonly volumeMounts: k8s.VolumeMount[] };
}

/** What the launcher and the builder have in common: files, environment and the supervised start of the daemon. */
export class NodepoolService {
  public readonly configMap: ApiObject;
  public readonly loggingConfigMap: ApiObject;
  public readonly scriptsConfigMap: ApiObject;
  public readonly corporateCaConfigMap?: ApiObject;
  /** Whose reading of the configuration is judged here: where another service has the same one, nothing is reported twice. */
  public judgesConfigFor: NodepoolRole | 'both' | 'nobody';

  /** What is rendered: the user's configuration, or none where the pods fetch it. */
  private readonly config: NodepoolConfig;
  private rendered?: { revision: number; text: string };

  constructor(private readonly scope: Construct, private readonly name: string, private readonly props: NodepoolServiceProps) {
    const { pod, configRepository } = props;
    this.judgesConfigFor = props.program === 'nodepool-builder' ? NodepoolRole.BUILDER : NodepoolRole.LAUNCHER;
    const config = this.config = checkedConfig(scope, props);
    const zookeeperSecret = zookeeperTls(scope, props.zookeeper, props.instanceName ?? 'nodepool', props.extraLabels).secretName;
    checkZookeeper(scope, props.zookeeper);
    if (props.corporateCa !== undefined && !(props.corporateCa instanceof CorporateCa)) {
      fail(scope, "'corporateCa' must be a CorporateCa, such as CorporateCa.fromFile('corporate-ca.pem')");
    }
    refuseBaseKeys(scope, { config });

    // a function: labels and providers may still be added after the construct is made.
    this.configMap = this.fileMap('Config', 'config', { [configRepository ? BASE_FILE : 'nodepool.yaml']: () => this.text() });
    this.loggingConfigMap = this.fileMap('Logging', 'logging', { 'logging.yaml': loggingConfig(props.logLevel ?? LogLevel.INFO) });
    this.scriptsConfigMap = this.fileMap('Scripts', 'scripts', {
      'supervise.py': asset('pod/supervise.py'),
      'prepare.py': asset('pod/prepare.py'),
      'ca_bundle.py': asset('pod/ca_bundle.py'),
      'restart_judge.py': asset('pod/restart_judge.py'),
      'config_verdict.py': asset('pod/config_verdict.py'),
      'side_process.py': asset('pod/side_process.py'),
      'zookeeper_ask.py': asset('pod/zookeeper_ask.py'),
      'zookeeper_watch.py': asset('pod/zookeeper_watch.py'),
      ...(configRepository ? fetchScripts() : {}),
      ...trustScripts(props.zookeeper),
    });

    if (!configRepository) { pod.addConfigMap('config', this.configMap.name, CONFIG_DIR); }
    pod.addConfigMap('logging', this.loggingConfigMap.name, LOGGING_DIR);
    pod.addConfigMap('scripts', this.scriptsConfigMap.name, SCRIPTS_DIR);
    pod.addSecret('zookeeper-tls', zookeeperSecret, ZOOKEEPER_TLS_DIR);
    addTrust(pod, props.zookeeper, SCRIPTS_DIR);
    pod.addEmptyDir('tmp', '/tmp');
    pod.addEnv('HOME', HOME);
    this.addChecksums();
    this.addCredentials();
    this.addStatsd();
    this.corporateCaConfigMap = this.addCorporateCa()?.configMap;
    if (configRepository) { this.addFetchedConfig(configRepository); }
    scope.node.addValidation({ validate: () => this.problems() });
  }

  /** How the container starts: our supervisor as PID 1, the daemon in the foreground. */
  public command(): string[] {
    const { pod } = this.props;
    return [
      'python3', `${SCRIPTS_DIR}/supervise.py`,
      // before the kubelet kills: a daemon that hangs while it stops is killed by the supervisor, which says so in the log.
      '--stop-timeout', Lazy.any({ produce: () => String(Math.max(5, pod.graceSeconds() - 10)) }) as unknown as string,
      // without its connection to ZooKeeper the daemon cannot stop in order and is not waited for; one that gave it up for good is restarted.
      ...zookeeperArguments(this.props.zookeeper),
      // the supervisor watches the certificates' directory by itself.
      ...pod.watchedDirectories.filter(directory => directory !== CA_SOURCE_DIR).flatMap(directory => ['--watch', directory]),
      // what changes in them may not stop a daemon that would not start again with it.
      '--judge', `${CONFIG_DIR}/nodepool.yaml`,
      ...(this.props.configRepository ? ['--watch', startOnlyDir(CONFIG_DIR), '--wait-for', `${CONFIG_DIR}/nodepool.yaml`] : []),
      ...(this.props.corporateCa ? ['--ca-source', CA_SOURCE_DIR, '--ca-bundle-dir', CA_BUNDLE_DIR] : []),
      '--', this.props.program, '-f', '-l', `${LOGGING_DIR}/logging.yaml`,
    ];
  }

  /** The volume and the directory of the certificates that are trusted, where the company has its own. */
  public get caBundle(): { volume: string; path: string } {
    return { volume: 'ca-bundle', path: CA_BUNDLE_DIR };
  }

  private fileMap(id: string, suffix: string, files: { [file: string]: string | (() => string) }): ApiObject {
    return fileConfigMap(this.scope, id, `${this.name}-${suffix}`, this.props.pod.labels, files);
  }

  /** nodepool.yaml as it is mounted. Kept, since its size, its annotations and the ConfigMap ask for it one after the other. */
  private text(): string {
    const revision = this.config._revision;
    if (this.rendered?.revision !== revision) { this.rendered = { revision, text: this.config._withBase(this.base()) }; }
    return this.rendered.text;
  }

  private base(): Record<string, unknown> {
    return { ...zookeeperSettings(this.props.zookeeper), ...this.props.baseSettings };
  }

  /** What the daemon reads only at its start, and what we render ourselves: a change rolls the pods over. */
  private addChecksums(): void {
    const { pod } = this.props;
    pod.addChecksum('nodepool-start', () => digest(this.config._startOnly(this.base())));
    pod.addChecksum('logging', () => dataDigest(this.loggingConfigMap));
    pod.addChecksum('scripts', () => dataDigest(this.scriptsConfigMap));
  }

  private addCredentials(): void {
    const { pod, providers, kubeconfigs } = this.props;
    if (providers) {
      providers._mountInto(pod, kubeconfigs);
    } else if (kubeconfigs.length > 0) {
      pod.addEnv('KUBECONFIG', kubeconfigs.join(':'));
    }
  }

  private addStatsd(): void {
    const { pod, statsd } = this.props;
    if (!statsd) { return; }
    pod.addEnv('STATSD_HOST', statsd.host);
    pod.addEnv('STATSD_PORT', String(statsd.port ?? 8125));
  }

  /**
   * The bundle is the image's own one plus the company's. An init container makes it, because the main container's own bundle is covered
   * by it; the supervisor makes it anew when the company's certificates change.
   */
  private addCorporateCa(): BoundCorporateCa | undefined {
    const { pod, corporateCa, configRepository } = this.props;
    const prepare = this.props.prepare ?? (configRepository && fetchPrepare(configRepository, HOME));
    const bound = corporateCa?._bind(this.scope, {
      service: this.name, labels: pod.labels, instanceName: this.props.instanceName ?? 'nodepool', extraLabels: this.props.extraLabels,
    });
    const caMounts: k8s.VolumeMount[] = [];
    if (bound) {
      if (bound.configMapName !== undefined) { pod.addConfigMap('corporate-ca', bound.configMapName, CA_SOURCE_DIR, { watch: true }); }
      if (bound.secretName !== undefined) {
        const items = Object.fromEntries(bound.keys!.map(key => [key, key]));
        pod.addSecret('corporate-ca', bound.secretName, CA_SOURCE_DIR, { watch: true, items });
      }
      pod.addEmptyDir('ca-bundle', CA_BUNDLE_DIR, { sizeLimit: '8Mi' });
      for (const path of SYSTEM_BUNDLES) {
        pod.addMount({ name: 'ca-bundle', mountPath: path, subPath: 'ca-bundle.pem', readOnly: true });
      }
      for (const name of CA_VARIABLES) { pod.addEnv(name, `${CA_BUNDLE_DIR}/ca-bundle.pem`); }
      caMounts.push({ name: 'corporate-ca', mountPath: CA_SOURCE_DIR, readOnly: true }, { name: 'ca-bundle', mountPath: CA_BUNDLE_DIR });
    }
    if (bound || prepare) {
      pod.addInitContainer({
        name: 'prepare',
        image: pod.image.toString(),
        command: [
          'python3', `${SCRIPTS_DIR}/prepare.py`, ...prepare?.arguments ?? [],
          ...(bound ? ['--ca-source', CA_SOURCE_DIR, '--ca-bundle-dir', CA_BUNDLE_DIR] : []),
        ],
        resources: {
          requests: { cpu: quantity('50m'), memory: quantity('32Mi') },
          limits: { cpu: quantity('500m'), memory: quantity('128Mi') },
        },
        volumeMounts: [{ name: 'scripts', mountPath: SCRIPTS_DIR, readOnly: true }, ...prepare?.volumeMounts ?? [], ...caMounts],
      });
    }
    return bound;
  }

  private addFetchedConfig(repository: ConfigRepository): void {
    const { pod, corporateCa, prepare, configPath, longestBuild, extraLabels } = this.props;
    addFetchedConfig({
      scope: this.scope,
      pod,
      name: this.name,
      instanceName: this.props.instanceName ?? 'nodepool',
      extraLabels,
      repository,
      path: configPath ?? repository.path ?? 'nodepool/nodepool.yaml',
      configDir: CONFIG_DIR,
      scriptsDir: SCRIPTS_DIR,
      corporateCaVolume: corporateCa && 'corporate-ca',
      passwdVolume: prepare !== undefined,
      longestBuild,
    });
  }

  /** What can only be known when the tree is complete. */
  private problems(): string[] {
    const { props: { pod }, config, judgesConfigFor: judgedFor } = this;
    const missing = config.environmentVariables.filter(name => !pod.envNames.includes(name));
    const problems = [...(judgedFor === 'nobody' ? [] : config._validate()), ...missing.map(name =>
      `'config' uses %(${name}), which nothing sets; set it in 'env', such as env: { ${name}: EnvValue.fromSecretValue(…) }`)];
    // what is wrong in itself may not be written at all.
    if (problems.length > 0) { return problems; }
    problems.push(...this.unknownCredentials());

    const size = Buffer.byteLength(this.text());
    if (size > CONFIG_MAP_LIMIT) {
      problems.push(`nodepool.yaml is ${size} bytes, and a ConfigMap holds ${CONFIG_MAP_LIMIT}: split it by providers over several stacks,`
        + ' each with its own instanceName and the labels and diskimages that its providers use, or give the builder a file of its own (builderConfig)');
    }
    if (judgedFor !== 'nobody') { warn(this.scope, config._warnings(judgedFor === 'both' ? undefined : judgedFor)); }
    return problems;
  }

  private unknownCredentials(): string[] {
    const { props: { providers, pod, contexts }, config } = this;
    if (this.judgesConfigFor === 'nobody') { return []; }
    const surroundings = { userEnv: pod.userEnvNames, userPaths: pod.userMountPaths, contexts };
    if (providers) { return unknownCredentials(config, providers, surroundings); }
    warn(this.scope, withoutCredentials(config, surroundings));
    return [];
  }
}
