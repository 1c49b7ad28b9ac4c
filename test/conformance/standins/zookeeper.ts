import { configMap, configVolume, file, mount, pod, secret, TOOLS, workload } from './manifests';
import { Manifest } from '../harness/kubectl';

/** A pod beside an ensemble from which clients are tried, with a Secret as Nodepool has it; it trusts each of the authorities that is there. */
export function zookeeperClient(namespace: string, tlsSecret: string, authorities: readonly string[]): Manifest[] {
  const sources = authorities.map(name => ({ secret: { name, optional: true, items: [{ key: 'tls.crt', path: `${name}.crt` }] } }));
  return [
    configMap(namespace, 'client', { 'zookeeper_client.py': file('zookeeper_client.py') }),
    workload('apps/v1', 'Deployment', namespace, 'client', pod(1000, 1000, {
      name: 'client',
      image: TOOLS,
      command: ['sleep', 'infinity'],
      volumeMounts: [mount('script', '/opt/client'), mount('tls', '/tls/client'), mount('trust', '/tls/trust'), { name: 'tmp', mountPath: '/tmp' }],
    }, [
      configVolume('script', 'client'),
      { name: 'tls', secret: { secretName: tlsSecret, defaultMode: 0o440 } },
      { name: 'trust', projected: { sources, defaultMode: 0o444 } },
      { name: 'tmp', emptyDir: {} },
    ])),
  ];
}

/** PEM texts: what a client or member shows, and whom it trusts. */
export interface CertificateTexts {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A real ZooKeeper that wants to be member `id` of an ensemble, in the place of one that is away; `others` are their lines of zoo.cfg. */
export function rogueMember(namespace: string, name: string, id: number, others: readonly string[], { cert, key, ca }: CertificateTexts): Manifest[] {
  const java = 'java -Xmx128m -cp "/conf:/apache-zookeeper-3.9.5-bin/lib/*" org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg';
  const zooCfg = `${file('rogue-zoo.cfg')}${[...others, `server.${id}=0.0.0.0:2888:3888`].join('\n')}\n`;
  return [
    configMap(namespace, name, { 'zoo.cfg': zooCfg, 'logback.xml': file('logback.xml') }),
    secret(namespace, name, { 'quorum.pem': cert + key, 'trust.pem': ca }),
    workload('apps/v1', 'Deployment', namespace, name, pod(1000, 1000, {
      name: 'zookeeper',
      image: 'docker.io/library/zookeeper:3.9',
      command: ['bash', '-c', `echo ${id} > /data/myid; exec ${java}`],
      volumeMounts: [mount('config', '/conf'), mount('tls', '/tls'), { name: 'data', mountPath: '/data' }],
    }, [configVolume('config', name), { name: 'tls', secret: { secretName: name, defaultMode: 0o440 } }, { name: 'data', emptyDir: {} }])),
  ];
}
