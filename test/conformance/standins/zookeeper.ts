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

/** A member of an ensemble whose place is taken: the name of its pod, its headless Service with that one's labels, and the text of zoo.cfg. */
export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly service: string;
  readonly labels: Record<string, string>;
  readonly zooCfg: string;
}

/** A real ZooKeeper that wants to be a member, in the place of one that is away: it has that one's number, and answers to its name. */
export function rogueMember(name: string, place: Place, { cert, key, ca }: CertificateTexts): Manifest[] {
  const { namespace } = place;
  const servers = place.zooCfg.split('\n').filter(line => line.startsWith('server.'));
  const [, id] = /^server\.(\d)=/.exec(servers.find(line => line.includes(`=${place.pod}.`))!)!;
  // it binds what it finds here, and may not know its own name yet.
  const lines = servers.map(line => line.startsWith(`server.${id}=`) ? `server.${id}=0.0.0.0:2888:3888` : line);
  const java = 'java -Xmx128m -cp "/conf:/apache-zookeeper-3.9.5-bin/lib/*" org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg';
  const member = workload('apps/v1', 'Deployment', namespace, name, {
    ...pod(1000, 1000, {
      name: 'zookeeper',
      image: 'docker.io/library/zookeeper:3.9',
      command: ['bash', '-c', `echo ${id} > /data/myid; exec ${java}`],
      volumeMounts: [mount('config', '/conf'), mount('tls', '/tls'), { name: 'data', mountPath: '/data' }],
    }, [configVolume('config', name), { name: 'tls', secret: { secretName: name, defaultMode: 0o440 } }, { name: 'data', emptyDir: {} }]),
    hostname: place.pod,
    subdomain: place.service,
  });
  Object.assign(member.spec.template.metadata.labels, place.labels);
  return [
    configMap(namespace, name, { 'zoo.cfg': `${file('rogue-zoo.cfg')}${lines.join('\n')}\n`, 'logback.xml': file('logback.xml') }),
    secret(namespace, name, { 'quorum.pem': cert + key, 'trust.pem': ca }),
    member,
  ];
}
