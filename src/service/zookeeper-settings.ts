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

function hostAndPort(server: string): { host: string; port: number } {
  const colon = server.lastIndexOf(':');
  // Nodepool adds the brackets of an IPv6 address itself.
  return { host: server.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(server.slice(colon + 1)) };
}
