import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { SecretSource } from '../credentials/secret-source';
import { addGitLogin, GIT_FETCH, gitFetchFile } from '../service/git-fetch';
import { gitProblems, isRepositoryPath, loginKeys } from '../service/git-repository';
import { shown } from '../workload/checks';
import { fileConfigMap } from '../workload/config-map';
import { fail } from '../workload/errors';
import { ContainerImage } from '../workload/image';
import { propsOf, unknownProps } from '../workload/known-props';
import { quantity } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';

const CHECKOUT_DIR = '/opt/nodepool/playbooks';
const SCRIPT_DIR = '/etc/nodepool-checkout';
const CREDENTIALS_DIR = '/etc/nodepool-checkout-credentials';

/** Playbooks in a Git repository. */
export interface GitPlaybooks {
  /** Where the repository is: `https://…`, `ssh://git@host/path` or `git@host:path`. It holds no password: see `credentials`. */
  readonly url: string;

  /** A branch, a tag, or the full hash of a commit; with a hash it is certain what runs. */
  readonly ref: string;

  /**
   * The path of the directory in the repository that holds the playbooks.
   *
   * @default - the repository's top
   */
  readonly path?: string;

  /**
   * Credentials of a private repository: a Secret with `username` and `password` for https, or with `identity` (a private key) and
   * `known_hosts` for ssh, as Flux has them. A rendered Secret is `<instance>-builder-playbooks-git`.
   *
   * @default - the repository is public; ssh needs credentials
   */
  readonly credentials?: SecretSource;

  /**
   * An image with `git`, a POSIX shell and, for ssh, the ssh client.
   *
   * @default - the builder's own image; diskimage-builder needs git too
   */
  readonly image?: ContainerImage;
}

const PROPS = propsOf<GitPlaybooks>({ url: true, ref: true, path: true, credentials: true, image: true });

/** What was given, checked. The address may hold a password, so that no message shows it. */
export function checkedGit(given: GitPlaybooks): GitPlaybooks {
  if (typeof given !== 'object' || given === null) { throw new Error(`Playbooks.fromGit: needs a map with 'url' and 'ref', got ${shown(given)}`); }
  const { url, ref, credentials, path } = given;
  const problems = [...unknownProps('', given, PROPS), ...gitProblems(name => name, { url, ref: ref ?? '', credentials })];
  if (path !== undefined && !isRepositoryPath(path)) {
    problems.push(`'path' must be a directory of the repository (letters, digits, '.', '_', '-', '+' and '@'), without '/' at its beginning and end, '.' and '..', got ${shown(path)}`);
  }
  if (given.image !== undefined && !(given.image instanceof ContainerImage)) { problems.push("'image' must be a ContainerImage, such as ContainerImage.parse('…')"); }
  if (problems.length > 0) { throw new Error(problems.map(problem => `Playbooks.fromGit: ${problem}`).join('\n')); }
  return { ...given };
}

/** Adds the init container that makes the checkout, and returns where the playbooks are then. */
export function addCheckout(scope: Construct, pod: ServicePod, name: string, git: GitPlaybooks, caBundle?: { volume: string; path: string }):
{ directory: string; configMap: ApiObject; secret?: ApiObject } {
  const configMap = fileConfigMap(scope, 'Checkout', `${name}-checkout`, pod.labels, gitFetchFile());
  const credentials = git.credentials?._bind(scope, 'PlaybooksCredentials', {
    prop: 'playbooks.credentials',
    name: `${name}-playbooks-git`,
    labels: pod.labels,
    requiredKeys: loginKeys(git.url),
  });
  pod.addConfigMap('checkout-script', configMap.name, SCRIPT_DIR, { mount: false });
  pod.addEmptyDir('playbooks', CHECKOUT_DIR);
  pod.addEmptyDir('checkout-tmp', '/tmp', { mount: false });
  const login = addGitLogin(pod, git.url, credentials?.secretName, 'checkout-credentials', CREDENTIALS_DIR);

  const checkout = `${CHECKOUT_DIR}/checkout`;
  const directory = git.path === undefined ? checkout : `${checkout}/${git.path}`;
  const mounts: k8s.VolumeMount[] = [
    { name: 'checkout-script', mountPath: SCRIPT_DIR, readOnly: true },
    { name: 'playbooks', mountPath: CHECKOUT_DIR },
    { name: 'checkout-tmp', mountPath: '/tmp' },
    ...login.volumeMounts,
    ...(caBundle ? [{ name: caBundle.volume, mountPath: caBundle.path, readOnly: true }] : []),
  ];
  pod.addInitContainer({
    name: 'playbooks',
    image: git.image === undefined ? pod.image.toString() : pod.mirrored(git.image).toString(),
    command: [
      'sh', `${SCRIPT_DIR}/${GIT_FETCH}`, '--once', '--url', git.url, '--ref', git.ref, '--checkout', git.path ?? '.', '--out', CHECKOUT_DIR,
      ...login.arguments,
    ],
    env: caBundle && [{ name: 'GIT_SSL_CAINFO', value: `${caBundle.path}/ca-bundle.pem` }],
    resources: {
      requests: { cpu: quantity('50m'), memory: quantity('64Mi') },
      limits: { cpu: quantity('1'), memory: quantity('512Mi') },
    },
    volumeMounts: mounts,
  });
  return { directory, configMap, secret: credentials?.object };
}

/** Refuses what is no `Playbooks`. */
export function refuseOther(scope: Construct, given: unknown): never {
  fail(scope, `'playbooks' must be Playbooks, such as Playbooks.fromDirectory('playbooks'), got a value of type ${typeof given}`);
}
