import { EnsembleNames, PATHS, PORTS } from './ensemble';

/** What zoo.cfg depends on; times in milliseconds. */
export interface ZooCfg {
  readonly names: EnsembleNames;
  readonly members: number;
  readonly votingMembers: number;
  readonly ownLog: boolean;
  readonly tickTime: number;
  readonly initTicks: number;
  readonly syncTicks: number;
  readonly minSessionTimeout: number;
  readonly maxSessionTimeout: number;
}

/** zoo.cfg, the same for all members: only their number is theirs alone. */
export function zooCfg(cfg: ZooCfg): string {
  const ordinals = Array.from({ length: cfg.members }, (_, ordinal) => ordinal);
  const settings: [string, string | number | boolean][] = [
    ['dataDir', PATHS.data],
    ...(cfg.ownLog ? [['dataLogDir', PATHS.log] as [string, string]] : []),
    ['tickTime', cfg.tickTime],
    ['initLimit', cfg.initTicks],
    ['syncLimit', cfg.syncTicks],
    ['minSessionTimeout', cfg.minSessionTimeout],
    ['maxSessionTimeout', cfg.maxSessionTimeout],
    // the clients' port: TLS alone. Without `clientPort` there is no other.
    ['secureClientPort', PORTS.client],
    ['serverCnxnFactory', 'org.apache.zookeeper.server.NettyServerCnxnFactory'],
    ['ssl.clientAuth', 'need'],
    ...pem('ssl', 'server', 'client-trust'),
    ['client.certReload', true],
    // the members' own ports. Names are not checked there (fips-mode), so that the authority is the quorum's own.
    ['sslQuorum', true],
    ...pem('ssl.quorum', 'quorum', 'quorum-trust'),
    ['sslQuorumReloadCertFiles', true],
    // a connection that hangs must not hold up the one that closes it.
    ['leader.closeSocketAsync', true],
    ['learner.closeSocketAsync', true],
    // the name of a pod that starts may not be known yet, its own address least of all.
    ['quorumListenOnAllIPs', true],
    ['standaloneEnabled', false],
    ['reconfigEnabled', false],
    ['admin.enableServer', false],
    ['4lw.commands.whitelist', 'ruok,srvr,mntr'],
    ['autopurge.snapRetainCount', 3],
    ['autopurge.purgeInterval', 2],
    ['metricsProvider.className', 'org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'],
    ['metricsProvider.httpPort', PORTS.metrics],
    ['metricsProvider.exportJvmInfo', true],
    ...ordinals.map((ordinal): [string, string] =>
      [`server.${ordinal + 1}`, `${cfg.names.fqdn(ordinal)}:${PORTS.quorum}:${PORTS.election}`]),
    ...weights(ordinals, cfg.votingMembers),
  ];
  return settings.map(([key, value]) => `${key}=${value}\n`).join('');
}

function pem(prefix: string, keyStore: string, trustStore: string): [string, string][] {
  return [
    [`${prefix}.keyStore.location`, `${PATHS.tls}/${keyStore}.pem`],
    [`${prefix}.keyStore.type`, 'PEM'],
    [`${prefix}.trustStore.location`, `${PATHS.tls}/${trustStore}.pem`],
    [`${prefix}.trustStore.type`, 'PEM'],
  ];
}

/** A member without weight follows, and neither votes nor leads. */
function weights(ordinals: number[], voting: number): [string, string | number][] {
  if (voting === ordinals.length) { return []; }
  return [
    ['group.1', ordinals.map(ordinal => ordinal + 1).join(':')],
    ...ordinals.map((ordinal): [string, number] => [`weight.${ordinal + 1}`, ordinal < voting ? 1 : 0]),
  ];
}
