import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { BoundSecret, checkSecretKey } from './secret-kind';
import { SecretSource } from './secret-source';
import { shown } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';
import { checkKnownHosts } from '../workload/known-hosts';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { nodepoolLabels } from '../workload/labels';

/** Options of `GitCredentials.token`. */
export interface GitTokenOptions {
  /**
   * The Secret's key that holds the token or password.
   *
   * @default password
   */
  readonly key?: string;

  /**
   * The name of the user. GitHub and GitLab take any name with a token; Gerrit and Bitbucket want the account's own.
   *
   * @default git
   */
  readonly username?: string;
}

/** Options of `GitCredentials.sshKey`. */
export interface GitSshKeyOptions {
  /**
   * The host keys of the Git server, as lines of a `known_hosts` file (`ssh-keyscan` prints them). Nothing is trusted on first use.
   */
  readonly knownHosts: string[];

  /**
   * The Secret's key that holds the private key. ssh wants a line end after the key's last line.
   *
   * @default ssh-privatekey
   */
  readonly key?: string;
}

const TOKEN_PROPS = propsOf<GitTokenOptions>({ key: true, username: true });
const SSH_PROPS = propsOf<GitSshKeyOptions>({ key: true, knownHosts: true });

/** The Secret of each instance in a chart: launcher and builder use the same one. */
const bound = new WeakMap<Chart, Map<string, { source: SecretSource; secret: BoundSecret }>>();

/** How a pod logs in to a private Git repository. The Secret is read at each fetch: a new token needs no restart. */
export class GitCredentials {
  /**
   * A token or password, for `https://`: a Secret with one key, such as those of type `kubernetes.io/basic-auth`. It is given to the
   * repository's own server alone.
   *
   * @param secret the Secret; one that is rendered, or that an operator makes, is named `<instance>-config-repository`
   * @param options its key, and the user
   */
  public static token(secret: SecretSource, options: GitTokenOptions = {}): GitCredentials {
    return new GitCredentials('token', secret, options.key ?? 'password', options);
  }

  /**
   * A private key, for `ssh://` and `user@host:path`: a Secret with one key, such as those of type `kubernetes.io/ssh-auth`. The key has no
   * passphrase.
   *
   * @param secret the Secret; one that is rendered, or that an operator makes, is named `<instance>-config-repository`
   * @param options its key, and the host keys of the server
   */
  public static sshKey(secret: SecretSource, options: GitSshKeyOptions): GitCredentials {
    return new GitCredentials('ssh', secret, options?.key ?? 'ssh-privatekey', options);
  }

  /**
   * What it is for.
   *
   * @internal
   */
  public readonly _kind: 'token' | 'ssh';

  /**
   * The Secret's key.
   *
   * @internal
   */
  public readonly _key: string;

  private readonly secret: SecretSource;
  private readonly options: { readonly username?: string; readonly knownHosts?: string[] };

  private constructor(kind: 'token' | 'ssh', secret: SecretSource, key: string, options: GitTokenOptions & Partial<GitSshKeyOptions>) {
    this._kind = kind;
    this.secret = secret;
    this._key = key;
    this.options = { ...options };
  }

  /**
   * The user of a token.
   *
   * @internal
   */
  public get _username(): string { return this.options.username ?? 'git'; }

  /**
   * The lines of known_hosts.
   *
   * @internal
   */
  public get _knownHosts(): string { return (this.options.knownHosts ?? []).map(line => `${line.trim()}\n`).join(''); }

  /**
   * Refuses what would not work.
   *
   * @param host how known_hosts names the server
   * @internal
   */
  public _check(scope: Construct, prop: string, host: string): void {
    checkAll([
      () => checkKnownProps(scope, prop, this.options, this._kind === 'ssh' ? SSH_PROPS : TOKEN_PROPS),
      () => checkSecretKey(scope, `${prop}.key`, this._key),
      () => {
        if (!(this.secret instanceof SecretSource)) { fail(scope, `'${prop}' must have a SecretSource, such as SecretSource.existing('config-repository')`); }
      },
      () => {
        // it becomes part of a command of the pod.
        if (!/^[A-Za-z0-9][-A-Za-z0-9._@+]*$/.test(this._username)) {
          fail(scope, `'${prop}.username' must be letters, digits, '-', '.', '_', '@' and '+', first a letter or digit, got ${shown(this._username)}`);
        }
      },
      ...(this._kind === 'ssh' ? [() => checkKnownHosts(scope, `${prop}.knownHosts`, this.options.knownHosts, host)] : []),
    ]);
  }

  /**
   * The Secret, made in the chart the first time that a part of an instance asks for it.
   *
   * @internal
   */
  public _bind(scope: Construct, prop: string, instanceName: string, extraLabels?: Record<string, string>): BoundSecret {
    const chart = Chart.of(scope);
    const instances = bound.get(chart) ?? new Map<string, { source: SecretSource; secret: BoundSecret }>();
    bound.set(chart, instances);
    const before = instances.get(instanceName);
    if (before?.source === this.secret) { return before.secret; }
    if (before?.secret.object) { fail(scope, `'${prop}' differs between launcher and builder of an instance; give both the same SecretSource`); }
    const secret = this.secret._bind(chart, `ConfigRepository-${instanceName}`, {
      prop,
      name: `${instanceName}-config-repository`,
      labels: nodepoolLabels('config-repository', extraLabels),
      requiredKeys: [this._key],
    });
    instances.set(instanceName, { source: this.secret, secret });
    return secret;
  }
}
