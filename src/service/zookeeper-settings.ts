import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { checkSecretName, shown } from '../workload/checks';
import { fail } from '../workload/errors';
import { nodepoolLabels } from '../workload/labels';
import { IZookeeperConnection } from '../workload/zookeeper-connection';

/** Where the client's certificate is mounted. */
export const ZOOKEEPER_TLS_DIR = '/tls/client';

/** The base settings of nodepool.yaml that say how to reach ZooKeeper. */
export function zookeeperSettings(connection: IZookeeperConnection): Record<string, unknown> {
  const last = connection.servers.length - 1;
  return {
    'zookeeper-servers': connection.servers.map((server, index) => ({
      ...hostAndPort(server),
      // once: kazoo cuts the joined list at the first slash, so that a chroot before the last server loses all that follow.
      ...(connection.chroot !== undefined && index === last ? { chroot: connection.chroot } : {}),
    })),
    'zookeeper-tls': {
      ca: `${ZOOKEEPER_TLS_DIR}/ca.crt`,
      cert: `${ZOOKEEPER_TLS_DIR}/tls.crt`,
      key: `${ZOOKEEPER_TLS_DIR}/tls.key`,
    },
  };
}

/** The ports of the members, each once. */
export function zookeeperPorts(connection: IZookeeperConnection): number[] {
  return [...new Set(connection.servers.map(server => hostAndPort(server).port))];
}

/** Refuses what is no connection; `ZookeeperSource` makes none of these, but anybody may bring one of their own. */
export function checkZookeeper(scope: IConstruct, connection: IZookeeperConnection): void {
  if (!Array.isArray(connection?.servers) || connection.servers.length === 0) {
    fail(scope, "'zookeeper' has no servers; give it as ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: '…' })");
  }
  const bad = connection.servers.find(server => typeof server !== 'string' || !/^[^:\s]+:\d+$|^\[[^\]\s]+\]:\d+$/.test(server));
  if (bad !== undefined) { fail(scope, `'zookeeper.servers' must be host:port (an IPv6 address in brackets), got ${shown(bad)}`); }
  checkSecretName(scope, 'zookeeper.tlsSecret', connection.tlsSecretName);
}

/** A connection whose client certificate comes from a source that may make something, as `ZookeeperSource` has it. */
interface SourcedConnection extends IZookeeperConnection {
  _bindTls(scope: Construct, instanceName: string, labels: Record<string, string>): { secretName: string; object?: ApiObject };
}

/** The Secret with the client's certificate; what makes it is made the first time that a part of an instance asks for it. */
export function zookeeperTls(
  scope: Construct, connection: IZookeeperConnection, instanceName: string, extraLabels?: Record<string, string>,
): { secretName: string; object?: ApiObject } {
  const sourced = connection as SourcedConnection | undefined;
  if (typeof sourced?._bindTls !== 'function') { return { secretName: connection?.tlsSecretName }; }
  return sourced._bindTls(scope, instanceName, nodepoolLabels('zookeeper-client', extraLabels));
}

function hostAndPort(server: string): { host: string; port: number } {
  const colon = server.lastIndexOf(':');
  // Nodepool adds the brackets of an IPv6 address itself.
  return { host: server.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(server.slice(colon + 1)) };
}
