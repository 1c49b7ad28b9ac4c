import { isIP } from 'node:net';
import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { ZookeeperOptions, ZOOKEEPER_OPTIONS } from './options';
import { isChroot } from './paths';
import { Zookeeper, ZookeeperProps } from './zookeeper';
import { SecretSource } from '../credentials/secret-source';
import { isHost, shown } from '../workload/checks';
import { fail } from '../workload/errors';
import { propsOf, unknownProps } from '../workload/known-props';
import { IZookeeperConnection } from '../workload/zookeeper-connection';

/** Options of `ZookeeperSource.external`. */
export interface ExternalZookeeperOptions {
  /** The members, as `host` or `host:port` (an IPv6 address in brackets); without a port 2281, the port of ZooKeeper over TLS. */
  readonly servers: string[];

  /**
   * Name of the Secret in the stack's namespace with the client's certificate: keys `ca.crt`, `tls.crt` and `tls.key`, as cert-manager
   * writes them. A renewed certificate is used from the next connection on, without a restart. Excludes `tls`; one of the two is needed.
   *
   * @default - the Secret of `tls`
   */
  readonly tlsSecret?: string;

  /**
   * Where the client's certificate comes from: a Secret with the same keys. One that is rendered, or that an operator makes, is named
   * `<instance>-zookeeper-client-tls`. Excludes `tlsSecret`; one of the two is needed.
   *
   * @default - the Secret of `tlsSecret` exists
   */
  readonly tls?: SecretSource;

  /**
   * The path under which Nodepool keeps its data. Zuul must use the same one.
   *
   * @default - the root
   */
  readonly chroot?: string;
}

/** Where the ZooKeeper ensemble is that Nodepool shares with Zuul. TLS is mandatory: Nodepool has no other way to connect. */
export abstract class ZookeeperSource implements IZookeeperConnection {
  /**
   * An ensemble that exists.
   *
   * Raises an error when no server is given, one is no `host[:port]`, the chroot is no path, or `tlsSecret` and `tls` are both given.
   *
   * @param options servers, TLS Secret and chroot
   */
  public static external(options: ExternalZookeeperOptions): ZookeeperSource {
    return new ExternalZookeeper(options);
  }

  /**
   * An ensemble of the stack's own, which it makes in its namespace: `NodepoolStack.zookeeper`. Without a stack make a `Zookeeper`, and hand it
   * to the parts.
   *
   * Raises an error for an option that is unknown; what else is wrong is found when the stack is made.
   *
   * @param options members, volumes, certificates and so on
   */
  public static managed(options: ZookeeperOptions = {}): ZookeeperSource {
    return new ManagedZookeeper(options);
  }

  /** Members as `host:port`. */
  public abstract readonly servers: string[];

  /** Name of the Secret with the client's certificate. Where `tls` makes it, that of the instance `nodepool`; each instance has its own. */
  public abstract readonly tlsSecretName: string;

  /** The path under which Nodepool keeps its data; not set for the root. */
  public abstract readonly chroot?: string;

  /**
   * Makes the Secret of the client's certificate, where its source makes one.
   *
   * @internal
   */
  public _bindTls(_scope: Construct, _instanceName: string, _labels: Record<string, string>): { secretName: string; object?: ApiObject } {
    return { secretName: this.tlsSecretName };
  }

  /**
   * The ensemble, where the stack makes one.
   *
   * @internal
   */
  public _makeEnsemble(_scope: Construct, _props: (options: ZookeeperOptions) => ZookeeperProps): Zookeeper | undefined {
    return undefined;
  }
}

/** What it is called is known in a stack alone. */
class ManagedZookeeper extends ZookeeperSource {
  public readonly servers: string[] = [];
  public readonly tlsSecretName = tlsSecretName('nodepool');
  public readonly chroot?: string;
  /** Where it has made an ensemble: once in an app. */
  private readonly roots = new WeakSet<IConstruct>();

  constructor(private readonly options: ZookeeperOptions) {
    super();
    if (typeof options !== 'object' || options === null) {
      throw new Error('ZookeeperSource.managed: needs options such as { members: 3 }, or none');
    }
    const unknown = unknownProps('', options, ZOOKEEPER_OPTIONS);
    if (unknown.length > 0) { throw new Error(`ZookeeperSource.managed: ${unknown.join('\n')}`); }
    this.chroot = options.chroot;
  }

  public _makeEnsemble(scope: Construct, props: (options: ZookeeperOptions) => ZookeeperProps): Zookeeper {
    const { root } = scope.node;
    if (this.roots.has(root)) {
      fail(scope, "'zookeeper' was given to another stack, which has an ensemble of its own by it; give that stack's `zookeeper` here, or make another source");
    }
    this.roots.add(root);
    return new Zookeeper(scope, 'Zookeeper', props(this.options));
  }
}

const OPTIONS = propsOf<ExternalZookeeperOptions>({ servers: true, tlsSecret: true, tls: true, chroot: true });

/** ZooKeeper's port for clients over TLS. */
const TLS_PORT = 2281;

class ExternalZookeeper extends ZookeeperSource {
  public readonly servers: string[];
  public readonly tlsSecretName: string;
  public readonly chroot?: string;
  private readonly tls?: SecretSource;

  constructor(options: ExternalZookeeperOptions) {
    super();
    if (typeof options !== 'object' || options === null) {
      throw new Error("ZookeeperSource.external: needs options, such as { servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' }");
    }
    const unknown = unknownProps('', options, OPTIONS);
    if (unknown.length > 0) { throw new Error(`ZookeeperSource.external: ${unknown.join('\n')}`); }
    if (typeof options.servers === 'string') {
      throw new Error(`ZookeeperSource.external: 'servers' must be a list, got ${shown(options.servers)}; write [${shown(options.servers)}]`);
    }
    if (!Array.isArray(options.servers) || options.servers.length === 0) {
      throw new Error("ZookeeperSource.external: 'servers' is empty; give at least one, such as \"zk.example.com:2281\"");
    }
    const bad = options.servers.filter(server => normalized(server) === undefined);
    if (bad.length > 0) {
      throw new Error("ZookeeperSource.external: 'servers' must be host or host:port (an IPv6 address in brackets),"
        + ` such as "zk.example.com:2281", got ${bad.map(shown).join(', ')}`);
    }
    this.servers = options.servers.map(server => normalized(server)!);
    const twice = this.servers.find((server, index) => this.servers.indexOf(server) !== index);
    if (twice) { throw new Error(`ZookeeperSource.external: 'servers' has "${twice}" twice; name each member once`); }
    if (options.chroot !== undefined && !isChroot(options.chroot)) {
      throw new Error(`ZookeeperSource.external: 'chroot' must be a path such as "/nodepool", without a final slash, got "${options.chroot}"`);
    }
    this.chroot = options.chroot;
    this.tls = checkedTls(options);
    // whether the name is one is found where it is used, with the place.
    this.tlsSecretName = this.tls ? this.tls._ownName ?? tlsSecretName('nodepool') : options.tlsSecret!;
  }

  public _bindTls(scope: Construct, instanceName: string, labels: Record<string, string>): { secretName: string; object?: ApiObject } {
    return this.tls?._bindOnce(scope, {
      prop: 'zookeeper.tls', name: tlsSecretName(instanceName), labels, type: 'kubernetes.io/tls', requiredKeys: ['ca.crt', 'tls.crt', 'tls.key'],
    }) ?? super._bindTls(scope, instanceName, labels);
  }
}

function tlsSecretName(instanceName: string): string {
  return `${instanceName}-zookeeper-client-tls`;
}

function checkedTls({ tls, tlsSecret }: ExternalZookeeperOptions): SecretSource | undefined {
  if (tls !== undefined && tlsSecret !== undefined) {
    throw new Error("ZookeeperSource.external: 'tls' and 'tlsSecret' are both given; leave out one of the two");
  }
  if (tls !== undefined && !(tls instanceof SecretSource)) {
    throw new Error("ZookeeperSource.external: 'tls' must be a SecretSource, such as SecretSource.existing('zookeeper-client-tls'); a name alone goes to 'tlsSecret'");
  }
  return tls;
}

/** `host:port` with the default port; absent when it is none. */
function normalized(server: unknown): string | undefined {
  const match = typeof server === 'string' ? /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(server) : null;
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? TLS_PORT : Number(match[3]);
  if (!host || !isHost(host) || port < 1 || port > 65535 || (match?.[1] && isIP(host) !== 6)) { return undefined; }
  return match![1] ? `[${host}]:${port}` : `${host}:${port}`;
}
