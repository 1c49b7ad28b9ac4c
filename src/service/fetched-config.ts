import { Lazy, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { ConfigRepository, repositoryLogin } from './config-repository';
import { addGitLogin, GitFetchPart, GIT_FETCH, gitFetchFile } from './git-fetch';
import { usesSsh } from './git-repository';
import { BASE_PROPS, START_KEYS } from '../config/settings';
import { asset } from '../workload/assets';
import { millicores, resourceRequirements } from '../workload/container';
import { ContainerImage } from '../workload/image';
import { PASSWD_DIR, PASSWD_VOLUME } from '../workload/passwd';
import { quantity } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';

/** Busybox' shell, git and the ssh client; it runs as any user. */
const DEFAULT_IMAGE = 'docker.io/alpine/git:v2.49.1';

const FETCHED_DIR = '/etc/nodepool-fetched';
const BASE_DIR = '/etc/nodepool-base';
const CREDENTIALS_DIR = '/etc/nodepool-config-credentials';
const CA_DIR = '/etc/nodepool-config-ca';

/** What a part's ConfigMap has instead of nodepool.yaml: the settings of the deployment. */
export const BASE_FILE = 'base.yaml';

/** What the service is, for the containers that bring its nodepool.yaml. */
export interface FetchedConfigProps {
  readonly scope: Construct;
  readonly pod: ServicePod;
  /** Name of the workload. */
  readonly name: string;
  readonly instanceName: string;
  readonly extraLabels?: Record<string, string>;
  readonly repository: ConfigRepository;
  readonly path: string;
  /** Where nodepool.yaml belongs, and where our scripts are. */
  readonly configDir: string;
  readonly scriptsDir: string;
  /** The volume with the company's certificates, where the service has one. */
  readonly corporateCaVolume?: string;
  /** Whether the pod has the volume of an `/etc/passwd` already. */
  readonly passwdVolume: boolean;
  /** How long a build may take before the end of the pod cuts it off. */
  readonly longestBuild?: () => number;
}

/** The scripts of the pods' ConfigMap, beside those that all pods have. */
export function fetchScripts(): { [file: string]: string } {
  const checks = ['config_check.py', 'config_merge.py'];
  return { ...gitFetchFile(), ...Object.fromEntries(checks.map(file => [file, asset(`pod/${file}`)])) };
}

/** What the supervisor watches: settings of the fetched file that are read only at the start. */
export function startOnlyDir(configDir: string): string {
  return `${configDir}/start-only`;
}

/**
 * What the init script must do before the first fetch. ssh knows no user that is not in `/etc/passwd`, and the pod's user id is any.
 */
export function fetchPrepare(repository: ConfigRepository, home: string): { arguments: string[]; volumeMounts: k8s.VolumeMount[] } | undefined {
  if (!usesSsh(repository.url)) { return undefined; }
  return { arguments: ['--passwd-out', `${PASSWD_DIR}/passwd`, '--home', home], volumeMounts: [{ name: PASSWD_VOLUME, mountPath: PASSWD_DIR }] };
}

/**
 * Adds what brings nodepool.yaml from the repository into the pod, two containers twice: one with git fetches, one with Nodepool's own image
 * checks and takes. As init containers they bring the first version; beside the service they go on, and the service waits while there is no
 * good one. An init container that failed for a bad version would judge that version for ever: the one that fetches is not run again.
 * They are ordinary containers: clusters without native sidecars have them too, and a pod that ends does not need them.
 */
export function addFetchedConfig(props: FetchedConfigProps): void {
  const { scope, pod, name, repository, configDir } = props;
  const configMap = `${name}-config`;
  pod.addEmptyDir('config', configDir, { mount: false, sizeLimit: '64Mi' });
  pod.addMount({ name: 'config', mountPath: configDir, readOnly: true });
  pod.addConfigMap('config-base', configMap, BASE_DIR, { mount: false });
  pod.addEmptyDir('config-fetched', FETCHED_DIR, { mount: false, sizeLimit: '64Mi' });
  pod.addEmptyDir('config-fetch-tmp', '/tmp', { mount: false });

  const credentials = addCredentials(props);
  const ca = addCa(props);
  const fetch = {
    image: pod.mirrored(repository.image ?? ContainerImage.parse(DEFAULT_IMAGE)).toString(),
    resources: resourceRequirements(scope, 'configRepository.resources', repository.resources, {
      cpu: { request: millicores(10), limit: millicores(500) },
      memory: { request: Size.mebibytes(32), limit: Size.mebibytes(256) },
    }),
    volumeMounts: [
      { name: 'scripts', mountPath: props.scriptsDir, readOnly: true },
      { name: 'config-fetched', mountPath: FETCHED_DIR },
      { name: 'config-fetch-tmp', mountPath: '/tmp' },
      ...credentials.volumeMounts,
      ...ca.volumeMounts,
    ],
  };
  const fetchCommand = (...more: string[]) => [
    'sh', `${props.scriptsDir}/${GIT_FETCH}`, ...more, '--url', repository.url, '--ref', repository.ref ?? 'HEAD', '--file', props.path,
    '--out', FETCHED_DIR, '--interval', String(Math.ceil((repository.interval?.toMilliseconds() ?? 60_000) / 1000)), ...credentials.arguments, ...ca.arguments,
  ];
  const check = {
    image: pod.image.toString(),
    // loading all drivers takes 170 MB, for some seconds after a commit.
    resources: {
      requests: { cpu: quantity('10m'), memory: quantity('32Mi') },
      limits: { cpu: quantity('1'), memory: quantity('512Mi') },
    },
    volumeMounts: [
      { name: 'config', mountPath: configDir },
      { name: 'config-base', mountPath: BASE_DIR, readOnly: true },
      { name: 'config-fetched', mountPath: FETCHED_DIR, readOnly: true },
    ],
  };
  const checkCommand = (...more: string[]) => [
    'python3', `${props.scriptsDir}/config_check.py`, ...more, '--fetched', FETCHED_DIR, '--base', `${BASE_DIR}/${BASE_FILE}`, '--out', configDir,
    '--name', props.path,
    ...Object.entries(BASE_PROPS).flatMap(([key, prop]) => ['--base-key', `${key}=${prop}`]),
    ...START_KEYS.filter(key => !(key in BASE_PROPS)).flatMap(key => ['--start-key', key]),
    ...longestBuild(props.longestBuild),
  ];
  pod.addInitContainer({ name: 'config-first-fetch', command: fetchCommand('--once'), ...fetch });
  pod.addTwin({ name: 'config-first-check', command: checkCommand('--once', '--go-on'), ...check }, { init: true });
  pod.addSidecar({ name: 'config-fetch', command: fetchCommand(), ...fetch });
  pod.addTwin({ name: 'config-check', command: checkCommand(), ...check });
}

function addCredentials({ scope, pod, repository, instanceName, extraLabels, passwdVolume }: FetchedConfigProps): GitFetchPart {
  const { secret } = repositoryLogin(scope, repository, instanceName, extraLabels) ?? {};
  if (secret && usesSsh(repository.url) && !passwdVolume) { pod.addEmptyDir(PASSWD_VOLUME, PASSWD_DIR, { mount: false, sizeLimit: '8Mi' }); }
  return addGitLogin(pod, repository.url, secret?.secretName, 'config-credentials', CREDENTIALS_DIR);
}

function addCa({ scope, pod, name, instanceName, extraLabels, repository, corporateCaVolume }: FetchedConfigProps): GitFetchPart {
  let volume = corporateCaVolume;
  if (repository.ca) {
    const bound = repository.ca._bind(new Construct(scope, 'ConfigRepository'), {
      service: `${name}-config`, labels: pod.labels, instanceName: `${instanceName}-config`, extraLabels,
    });
    volume = 'config-ca';
    if (bound.configMapName !== undefined) { pod.addConfigMap(volume, bound.configMapName, CA_DIR, { mount: false }); }
    if (bound.secretName !== undefined) {
      pod.addSecret(volume, bound.secretName, CA_DIR, { mount: false, items: Object.fromEntries(bound.keys!.map(key => [key, key])) });
    }
  }
  if (volume === undefined) { return { arguments: [], volumeMounts: [] }; }
  return { arguments: ['--ca', CA_DIR], volumeMounts: [{ name: volume, mountPath: CA_DIR, readOnly: true }] };
}

function longestBuild(seconds: (() => number) | undefined): string[] {
  if (!seconds) { return []; }
  return ['--longest-build', Lazy.any({ produce: () => String(Math.max(0, seconds())) }) as unknown as string];
}
