import { EnsembleNames, memberNumber, PATHS, PORTS } from './ensemble';

/** What zoo.cfg depends on; times in milliseconds. */
export interface ZooCfg {
  readonly names: EnsembleNames;
  readonly members: number;
  /** How many had a vote before; absent where all members are equal. */
  readonly votingMembers?: number;
  readonly newMembersVote: boolean;
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
    ['4lw.commands.whitelist', 'ruok,srvr,mntr,conf'],
    ['autopurge.snapRetainCount', 3],
    ['autopurge.purgeInterval', 2],
    ['metricsProvider.className', 'org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'],
    ['metricsProvider.httpPort', PORTS.metrics],
    ['metricsProvider.exportJvmInfo', true],
    ...ordinals.map((ordinal): [string, string] =>
      [`server.${memberNumber(ordinal)}`, `${cfg.names.fqdn(ordinal)}:${PORTS.quorum}:${PORTS.election}`]),
    ...weights(ordinals, cfg),
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

/**
 * While members join, the old ones count 1 and the new ones 0, then 2 and 1: whoever decides by one of these has a member in common with whoever
 * decides by the one before or after, so that no two leaders can decide at a time while pods are replaced. Without weight a member follows, and
 * neither votes nor leads.
 */
function weights(ordinals: number[], { votingMembers, newMembersVote }: ZooCfg): [string, string | number][] {
  if (votingMembers === undefined) { return []; }
  return [
    ['group.1', ordinals.map(memberNumber).join(':')],
    ...ordinals.map((ordinal): [string, number] => [`weight.${memberNumber(ordinal)}`, (ordinal < votingMembers ? 1 : 0) + (newMembersVote ? 1 : 0)]),
  ];
}
