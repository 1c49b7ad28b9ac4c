import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Material } from './certificates';
import { Manifest } from '../harness/kubectl';

/** The namespace of the services, as the example has it. */
export const ZUUL = 'zuul';

/** The namespace that plays the world outside. */
export const OUTSIDE = 'outside';

/** The machine that builds images, as the example names it. */
export const IMAGE_BUILDER = `image-builder.${OUTSIDE}.svc`;

/** The server of the Git repository that has nodepool.yaml. */
export const GIT_SERVER = `git.${OUTSIDE}.svc`;

/** The image with Nodepool, Python and kazoo. */
export const TOOLS = 'conformance/tools:1';

/** What the stand-ins consist of; their pods pass Pod Security `restricted`, and their files and keys come from here. */
export function standIns(material: Material): Manifest[] {
  return [...[...zookeeper(material), ...imageBuilder(material)].map(object => knowing(material, object)), ...openstack(), ...zuul()];
}

/** A workload whose pods are replaced when the certificates are other ones: on a cluster that exists, those of the run before stay. */
function knowing(material: Material, object: Manifest): Manifest {
  const { template } = object.spec ?? {};
  if (!template) { return object; }
  const annotations = { material: createHash('sha256').update(material.text('ca.crt')).digest('hex') };
  return { ...object, spec: { ...object.spec, template: { ...template, metadata: { ...template.metadata, annotations } } } };
}

/** What the administrator brings: the Secrets of the example. */
export function secrets(material: Material, providers: string): Manifest[] {
  return [
    secret(ZUUL, 'zookeeper-client-tls', {
      'ca.crt': material.text('ca.crt'), 'tls.crt': material.text('client.crt'), 'tls.key': material.text('client.key'),
    }),
    secret(ZUUL, 'nodepool-builder-ssh-key', { priv: material.text('builder-key'), pub: material.text('builder-key.pub') }),
    secret(ZUUL, 'nodepool-providers-secrets', { 'clouds.yaml': providers }),
  ];
}

/** clouds.yaml. The second cloud is dead: it hangs up, or is silent. */
export function clouds(settings: { secondIsAlive?: boolean } = {}): string {
  const cloud = (host: string) => ({
    region_name: 'region-1',
    auth: {
      auth_url: `http://${host}:5000/identity/v3`,
      username: 'zuul',
      password: 'not-checked',
      project_name: 'zuul',
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    },
  });
  const openstackHost = `openstack.${OUTSIDE}.svc`;
  const both = { 'cloud-one': cloud(openstackHost), 'cloud-two': cloud(settings.secondIsAlive ? openstackHost : `dead-cloud.${OUTSIDE}.svc`) };
  return JSON.stringify({ clouds: both }, undefined, 2); // JSON is YAML
}

export function namespace(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function zookeeper(material: Material): Manifest[] {
  return [
    configMap(ZUUL, 'zookeeper', { 'zoo.cfg': file('zoo.cfg'), 'logback.xml': file('logback.xml') }),
    secret(ZUUL, 'zookeeper-server-tls', { 'ca.crt': material.text('ca.crt'), 'server.pem': material.text('server.crt') + material.text('server.key') }),
    service(ZUUL, 'zookeeper', 2281, 2281),
    {
      // with a volume: what lies in ZooKeeper outlives its pod, as it would with an ensemble.
      ...workload('apps/v1', 'StatefulSet', ZUUL, 'zookeeper', pod(1000, 1000, {
        name: 'zookeeper',
        image: 'docker.io/library/zookeeper:3.9',
        command: ['java', '-Xmx256m', '-cp', '/conf:/apache-zookeeper-3.9.5-bin/lib/*', 'org.apache.zookeeper.server.quorum.QuorumPeerMain', '/conf/zoo.cfg'],
        ports: [{ name: 'client', containerPort: 2281, protocol: 'TCP' }],
        readinessProbe: { tcpSocket: { port: 'client' }, periodSeconds: 5 },
        volumeMounts: [mount('config', '/conf'), mount('tls', '/tls'), { name: 'zookeeper', mountPath: '/data' }],
      }, [configVolume('config', 'zookeeper'), { name: 'tls', secret: { secretName: 'zookeeper-server-tls', defaultMode: 0o440 } }]), {
        serviceName: 'zookeeper',
        volumeClaimTemplates: [{
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'zookeeper' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Mi' } } },
        }],
      }),
    },
  ];
}

function openstack(): Manifest[] {
  return [
    configMap(OUTSIDE, 'openstack', { 'openstack.py': file('openstack.py') }),
    service(OUTSIDE, 'openstack', 5000, 5000),
    service(OUTSIDE, 'dead-cloud', 5000, 5001, 'openstack'),
    workload('apps/v1', 'Deployment', OUTSIDE, 'openstack', pod(1000, 1000, {
      name: 'openstack',
      image: TOOLS,
      // the machine that builds images answers by ssh for every server: the launcher scans real host keys.
      command: ['python3', '/opt/openstack/openstack.py', '--server-address', IMAGE_BUILDER],
      readinessProbe: { httpGet: { path: '/_state', port: 5000 }, periodSeconds: 2 },
      volumeMounts: [mount('script', '/opt/openstack')],
    }, [configVolume('script', 'openstack')])),
  ];
}

function imageBuilder(material: Material): Manifest[] {
  return [
    configMap(OUTSIDE, 'image-builder', { 'sudo': file('image-builder/sudo'), 'disk-image-create': file('image-builder/disk-image-create') }),
    secret(OUTSIDE, 'image-builder', { host_key: material.text('host-key'), authorized_keys: material.text('builder-key.pub') }),
    service(OUTSIDE, 'image-builder', 22, 2222),
    workload('apps/v1', 'Deployment', OUTSIDE, 'image-builder', pod(10001, 0, {
      name: 'image-builder',
      image: 'conformance/image-builder:1',
      command: ['image-builder-sshd', '-o', 'SetEnv=PATH=/opt/commands:/usr/local/bin:/usr/bin:/bin'],
      env: [{ name: 'HOST_KEY', value: '/etc/image-builder/host_key' }, { name: 'AUTHORIZED_KEYS', value: '/etc/image-builder/authorized_keys' }],
      readinessProbe: { tcpSocket: { port: 2222 }, periodSeconds: 2 },
      volumeMounts: [mount('commands', '/opt/commands'), mount('keys', '/etc/image-builder')],
    }, [configVolume('commands', 'image-builder', 0o555), { name: 'keys', secret: { secretName: 'image-builder', defaultMode: 0o440 } }])),
  ];
}

/** A Git server: a bare repository behind sshd, into which the builder's key is let, and what the pods log in with. */
export function gitServer(material: Material): Manifest[] {
  return [
    secret(OUTSIDE, 'git', { host_key: material.text('host-key'), authorized_keys: material.text('builder-key.pub') }),
    secret(ZUUL, 'config-repository', { identity: material.text('builder-key'), known_hosts: `${material.knownHost(GIT_SERVER)}\n` }),
    service(OUTSIDE, 'git', 22, 2222),
    workload('apps/v1', 'Deployment', OUTSIDE, 'git', pod(10001, 0, {
      name: 'git',
      image: 'conformance/image-builder:1',
      command: ['sh', '-c', 'git init --quiet --bare --initial-branch=main /srv/git/config && exec image-builder-sshd'],
      env: [
        { name: 'HOST_KEY', value: '/etc/git/host_key' }, { name: 'AUTHORIZED_KEYS', value: '/etc/git/authorized_keys' },
        ...['AUTHOR', 'COMMITTER'].flatMap(role => [{ name: `GIT_${role}_NAME`, value: 'somebody' }, { name: `GIT_${role}_EMAIL`, value: 'somebody@example.com' }]),
      ],
      readinessProbe: { tcpSocket: { port: 2222 }, periodSeconds: 1 },
      volumeMounts: [{ name: 'repositories', mountPath: '/srv/git' }, mount('keys', '/etc/git')],
    }, [{ name: 'repositories', emptyDir: {} }, { name: 'keys', secret: { secretName: 'git', defaultMode: 0o440 } }])),
  ];
}

/** Which ZooKeeper Zuul shares with Nodepool, and the Secret by which it gets in. */
export interface ZuulConnection {
  readonly servers: readonly string[];
  readonly tlsSecret: string;
}

/** Zuul, by the ZooKeeper that stands in unless told otherwise. */
export function zuul(connection: ZuulConnection = { servers: [`zookeeper.${ZUUL}.svc:2281`], tlsSecret: 'zookeeper-client-tls' }): Manifest[] {
  return [
    configMap(ZUUL, 'zuul', { 'zuul.py': file('zuul.py') }),
    workload('apps/v1', 'Deployment', ZUUL, 'zuul', pod(1000, 1000, {
      name: 'zuul',
      image: TOOLS,
      command: ['sleep', 'infinity'],
      env: [{ name: 'HOME', value: '/tmp' }, { name: 'ZOOKEEPER', value: connection.servers.join(',') }],
      volumeMounts: [mount('script', '/opt/zuul'), mount('tls', '/tls/client')],
    }, [configVolume('script', 'zuul'), { name: 'tls', secret: { secretName: connection.tlsSecret, defaultMode: 0o440 } }])),
  ];
}

/** A Deployment or StatefulSet of one pod, whose label `app` is its name. */
export function workload(apiVersion: string, kind: string, inNamespace: string, name: string, template: any, more: any = {}): Manifest {
  const labels = { app: name };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: inNamespace, labels },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels: { ...labels } }, spec: template }, ...more },
  };
}

/** A pod with one container, as restricted as Pod Security can ask for. */
export function pod(user: number, group: number, container: any, volumes: any[]): any {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 1,
    securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: group, fsGroup: group, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{
      imagePullPolicy: 'IfNotPresent',
      resources: { requests: { cpu: '10m', memory: '64Mi' } },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      ...container,
    }],
    volumes,
  };
}

/** A Service for the pods with that label `app`. */
export function service(inNamespace: string, name: string, port: number, targetPort: number, app = name): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: inNamespace },
    spec: { type: 'ClusterIP', selector: { app }, ports: [{ name: 'main', port, targetPort, protocol: 'TCP' }] },
  };
}

/** A ConfigMap. */
export function configMap(inNamespace: string, name: string, data: Record<string, string>): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: inNamespace }, data };
}

/** A Secret, with `data` as `kubectl create secret` writes it. */
export function secret(inNamespace: string, name: string, texts: Record<string, string>): Manifest {
  const data = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: inNamespace }, data };
}

/** A read-only mount. */
export function mount(name: string, mountPath: string): any {
  return { name, mountPath, readOnly: true };
}

/** A ConfigMap as a volume. */
export function configVolume(name: string, of: string, defaultMode = 0o444): any {
  return { name, configMap: { name: of, defaultMode } };
}

/** The text of a file in this folder. */
export function file(name: string): string {
  return readFileSync(join(__dirname, name), 'utf8');
}
