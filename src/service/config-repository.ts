import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { gitProblems, isRepositoryPath, loginKeys } from './git-repository';
import { NodepoolConfig } from '../config';
import { BoundSecret } from '../credentials/secret-kind';
import { SecretSource } from '../credentials/secret-source';
import { checkBoolean, shown } from '../workload/checks';
import { CorporateCa } from '../workload/corporate-ca';
import { checkAll, fail } from '../workload/errors';
import { ContainerImage } from '../workload/image';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { nodepoolLabels } from '../workload/labels';
import { checkImage } from '../workload/pod-checks';

/**
 * nodepool.yaml in a Git repository, such as Zuul's config repository, which the pods fetch themselves: a commit there reaches the running
 * Nodepool within the interval, without a restart and without a commit to the manifests.
 *
 * Each new version is joined with the settings of the deployment and checked in the pod by the real Nodepool. One that is refused changes
 * nothing: the last good one stays, and the log of the container `config-check` says why.
 */
export interface ConfigRepository {
  /**
   * Where the repository is: `https://…`, `ssh://git@host/path` or `git@host:path`. It holds no password: see `credentials`.
   */
  readonly url: string;

  /**
   * A branch, a tag, or the whole hash of a commit.
   *
   * @default - the branch that the server names as its default
   */
  readonly ref?: string;

  /**
   * The path of nodepool.yaml in the repository.
   *
   * @default nodepool/nodepool.yaml
   */
  readonly path?: string;

  /**
   * The path of the builder's own nodepool.yaml in the repository.
   *
   * @default - the builder has the file of `path` too
   */
  readonly builderPath?: string;

  /**
   * How often the server is asked for a new commit. At least 5 seconds.
   *
   * @default Duration.minutes(1)
   */
  readonly interval?: Duration;

  /**
   * How the pods log in: a Secret with `username` and `password` (a token is one) for https, or with `identity` (a private key without a
   * passphrase) and `known_hosts` for ssh, as Flux has them. It is read at each fetch: a new token needs no restart. No host is trusted on
   * first use. A Secret that is rendered, or that an operator makes, is named `<instance>-config-repository`.
   *
   * @default - the repository is public; ssh needs credentials
   */
  readonly credentials?: SecretSource;

  /**
   * Certificates of the authority that signed the server's own one, besides those that the image trusts. What is rendered for them is named
   * `<instance>-launcher-config-corporate-ca` and `<instance>-builder-config-corporate-ca`; a Secret `<instance>-config-corporate-ca`.
   *
   * @default - `corporateCa`
   */
  readonly ca?: CorporateCa;

  /**
   * Takes `http://` and `git://` too, which anybody between the two can change: what is fetched decides which programs the builder runs. For
   * a public repository on a server in the same cluster: credentials are never sent that way.
   *
   * @default false
   */
  readonly insecureTransport?: boolean;

  /**
   * An image with git, a POSIX shell and, for `ssh://`, the ssh client. It runs as any user, with a read-only root file system.
   *
   * @default - docker.io/alpine/git
   */
  readonly image?: ContainerImage;

  /**
   * CPU and memory of the container that fetches.
   *
   * @default - requests 10m CPU and 32Mi memory, limits 500m CPU and 256Mi memory
   */
  readonly resources?: kplus.ContainerResources;
}

const PROPS = propsOf<ConfigRepository>({
  url: true,
  ref: true,
  path: true,
  builderPath: true,
  interval: true,
  credentials: true,
  ca: true,
  insecureTransport: true,
  image: true,
  resources: true,
});

const PROP = 'configRepository';

/** The configuration that is rendered: the user's, or none where the pods fetch it. */
export function checkedConfig(scope: Construct, props: { config?: NodepoolConfig; configRepository?: ConfigRepository }): NodepoolConfig {
  const { config, configRepository } = props;
  if (configRepository === undefined) {
    if (!(config instanceof NodepoolConfig)) {
      fail(scope, "'config' must be a NodepoolConfig, such as NodepoolConfig.fromFile('nodepool.yaml'); or give 'configRepository'");
    }
    return config;
  }
  if (config !== undefined) { fail(scope, `'config' and '${PROP}' are both given; leave out the one that does not hold the nodepool.yaml`); }
  checkConfigRepository(scope, configRepository);
  return new NodepoolConfig();
}

/** Refuses a repository that no pod could fetch, or that would bring a secret into Git. */
export function checkConfigRepository(scope: Construct, repository: ConfigRepository): void {
  checkKnownProps(scope, PROP, repository, PROPS);
  const { path, builderPath, interval, ca, image } = repository;
  checkAll([
    ...gitProblems(name => `${PROP}.${name}`, { ...repository, insecureTransport: repository.insecureTransport ?? false })
      .map(problem => () => fail(scope, problem)),
    () => checkBoolean(scope, `${PROP}.insecureTransport`, repository.insecureTransport),
    () => checkFile(scope, `${PROP}.path`, path),
    () => checkFile(scope, `${PROP}.builderPath`, builderPath),
    () => {
      if (interval !== undefined && !(typeof interval.toMilliseconds === 'function' && interval.toMilliseconds() >= 5000)) {
        fail(scope, `'${PROP}.interval' must be a Duration of 5 seconds or more, such as Duration.minutes(1)`);
      }
    },
    () => {
      if (ca !== undefined && !(ca instanceof CorporateCa)) { fail(scope, `'${PROP}.ca' must be a CorporateCa, such as CorporateCa.fromFile('ca.pem')`); }
    },
    () => checkImage(scope, `${PROP}.image`, image),
  ]);
}

/** The Secret of the credentials, made in the chart the first time that a part of an instance asks for it. Absent for a public repository. */
export function repositoryLogin(
  scope: Construct, { url, credentials }: ConfigRepository, instanceName: string, extraLabels?: Record<string, string>,
): { secret: BoundSecret } | undefined {
  if (!credentials) { return undefined; }
  return {
    secret: credentials._bindOnce(scope, {
      prop: `${PROP}.credentials`,
      name: `${instanceName}-config-repository`,
      labels: nodepoolLabels('config-repository', extraLabels),
      requiredKeys: loginKeys(url),
    }),
  };
}

function checkFile(scope: Construct, prop: string, path: unknown): void {
  if (path !== undefined && !isRepositoryPath(path)) {
    fail(scope, `'${prop}' must be the path of a file in the repository, without a slash at its beginning, such as "nodepool/nodepool.yaml", got ${shown(path)}`);
  }
}
