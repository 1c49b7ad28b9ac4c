import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { asset } from '../workload/assets';
import { checkSecretName, shown } from '../workload/checks';
import { fail } from '../workload/errors';
import { nodepoolLabels } from '../workload/labels';
import { quantity } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';
import { IZookeeperConnection } from '../workload/zookeeper-connection';

/** Where the client's certificate is mounted. */
export const ZOOKEEPER_TLS_DIR = '/tls/client';

/** Where the certificates of several authorities are mounted, and where they are joined: Nodepool takes one file. */
export const TRUST_SOURCE_DIR = '/tls/authorities';
const TRUST_DIR = '/tls/trust';

/** The base settings of nodepool.yaml that say how to reach ZooKeeper. */
export function zookeeperSettings(connection: IZookeeperConnection): Record<string, unknown> {
  const servers = asAsked(connection);
  const last = servers.length - 1;
  const { ca, certificate, key } = tlsFiles(connection);
  return {
    'zookeeper-servers': servers.map((server, index) => ({
      ...hostAndPort(server),
      // once: kazoo cuts the joined list at the first slash, so that a chroot before the last server loses all that follow.
      ...(connection.chroot !== undefined && index === last ? { chroot: connection.chroot } : {}),
    })),
    'zookeeper-tls': { ca, cert: certificate, key },
  };
}

/** What the supervisor must know to see whether the daemon is connected, and whether it could be. */
export function zookeeperArguments(connection: IZookeeperConnection): string[] {
  const { ca, certificate, key } = tlsFiles(connection);
  return [...asAsked(connection).flatMap(server => ['--zookeeper', server]), '--zookeeper-tls', ca, certificate, key];
}

/**
 * The members as the pods ask for them: those of an ensemble in the namespace by the names of their Services alone, which the first search domain
 * completes. With `.<namespace>.svc` behind it a lookup takes three times as many questions, and Nodepool's client has one second for all of them.
 */
function asAsked(connection: IZookeeperConnection): string[] {
  const { servers, _namespace: namespace } = connection as SourcedConnection;
  return namespace === undefined ? servers : servers.map(server => server.replace(`.${namespace}.svc:`, ':'));
}

/** Where the pods have the certificates. */
function tlsFiles(connection: IZookeeperConnection) {
  const ca = `${trusted(connection).length > 0 ? TRUST_DIR : ZOOKEEPER_TLS_DIR}/ca.crt`;
  return { ca, certificate: `${ZOOKEEPER_TLS_DIR}/tls.crt`, key: `${ZOOKEEPER_TLS_DIR}/tls.key` };
}

/** The ports of the members, each once. */
export function zookeeperPorts(connection: IZookeeperConnection): number[] {
  return [...new Set(connection.servers.map(server => hostAndPort(server).port))];
}

/** Refuses what is no connection; `ZookeeperSource` makes none of these, but anybody may bring one of their own. */
export function checkZookeeper(scope: IConstruct, connection: IZookeeperConnection): void {
  if (typeof (connection as SourcedConnection | undefined)?._makeEnsemble === 'function' && connection.servers.length === 0) {
    fail(scope, "'zookeeper' is ZookeeperSource.managed(), which a NodepoolStack makes; without a stack make new Zookeeper(…) and give that");
  }
  if (!Array.isArray(connection?.servers) || connection.servers.length === 0) {
    fail(scope, "'zookeeper' has no servers; give it as ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: '…' })");
  }
  const bad = connection.servers.find(server => typeof server !== 'string' || !/^[^:\s]+:\d+$|^\[[^\]\s]+\]:\d+$/.test(server));
  if (bad !== undefined) { fail(scope, `'zookeeper.servers' must be host:port (an IPv6 address in brackets), got ${shown(bad)}`); }
  checkSecretName(scope, 'zookeeper.tlsSecret', connection.tlsSecretName);
  const { _namespace: theirs } = connection as SourcedConnection;
  const { namespace } = Chart.of(scope as Construct);
  if (theirs !== undefined && theirs !== namespace) {
    fail(scope, `'zookeeper' is an ensemble of the namespace ${shown(theirs)}, whose Secrets the pods of ${shown(namespace)} cannot mount; bring a client's Secret here,`
      + " and give ZookeeperSource.external({ servers: zookeeper.servers, tlsSecret: '…' })");
  }
}

/** A connection whose client certificate comes from a source that may make something, as `ZookeeperSource` has it. */
interface SourcedConnection extends IZookeeperConnection {
  /** Certificates of the members' authorities, where the `ca.crt` of the client's Secret has not all of them. */
  readonly _trust?: readonly { readonly secretName: string; readonly key: string; readonly file: string }[];
  readonly _makeEnsemble?: unknown;
  /** Where its Secrets are, if that is known. */
  readonly _namespace?: string;
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

/** The script that joins the certificates of several authorities, where the members have such. */
export function trustScripts(connection: IZookeeperConnection): { [file: string]: string } {
  return trusted(connection).length > 0 ? { 'join_trust.py': asset('pod/join_trust.py') } : {};
}

/** Brings the certificates of several authorities into the one file that Nodepool reads. */
export function addTrust(pod: ServicePod, connection: IZookeeperConnection, scriptsDir: string): void {
  const sources = trusted(connection);
  if (sources.length === 0) { return; }
  pod.addProjectedSecrets('zookeeper-authorities', sources);
  pod.addEmptyDir('zookeeper-trust', TRUST_DIR, { sizeLimit: '8Mi' });
  pod.addInitContainer({
    name: 'zookeeper-trust',
    image: pod.image.toString(),
    command: ['python3', `${scriptsDir}/join_trust.py`, TRUST_SOURCE_DIR, `${TRUST_DIR}/ca.crt`],
    resources: {
      requests: { cpu: quantity('50m'), memory: quantity('32Mi') },
      limits: { cpu: quantity('500m'), memory: quantity('128Mi') },
    },
    volumeMounts: [
      { name: 'scripts', mountPath: scriptsDir, readOnly: true },
      { name: 'zookeeper-authorities', mountPath: TRUST_SOURCE_DIR, readOnly: true },
      { name: 'zookeeper-trust', mountPath: TRUST_DIR },
    ],
  });
}

/** Certificates of the members' authorities, where there are several; else none. */
export function trusted(connection: IZookeeperConnection) {
  return (connection as SourcedConnection | undefined)?._trust ?? [];
}

function hostAndPort(server: string): { host: string; port: number } {
  const colon = server.lastIndexOf(':');
  // Nodepool adds the brackets of an IPv6 address itself.
  return { host: server.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(server.slice(colon + 1)) };
}
