/**
 * How a service reaches ZooKeeper. `ZookeeperSource` makes them; the parts need no more than this.
 */
export interface IZookeeperConnection {
  /** Members as `host:port`; an IPv6 address stands in brackets. */
  readonly servers: string[];

  /** Name of the Secret in the service's namespace with the client's `ca.crt`, `tls.crt` and `tls.key`. */
  readonly tlsSecretName: string;

  /** The path under which Nodepool keeps its data; not set for the root. */
  readonly chroot?: string;
}
