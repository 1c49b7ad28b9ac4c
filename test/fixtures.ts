import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { App, Chart } from 'cdk8s';
import { NodepoolBuilder, NodepoolBuilderProps, NodepoolConfig, NodepoolLauncher, NodepoolLauncherProps, NodepoolStack, NodepoolStackProps, ZookeeperSource } from '../src';
import { ManifestObject, only, parseManifests, synthYaml } from './manifests';

/** A chart in the namespace `ci`. */
export function testChart(namespace?: string): Chart {
  return new Chart(new App(), 'ci', { namespace: namespace ?? 'ci' });
}

export function zookeeper(): ZookeeperSource {
  return ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' });
}

/** Static nodes; enough for a launcher. */
export function staticNodes(): NodepoolConfig {
  return NodepoolConfig.fromObject({
    labels: [{ name: 'small' }],
    providers: [{
      name: 'rack',
      driver: 'static',
      pools: [{ name: 'main', nodes: [{ 'name': 'n1.example.com', 'labels': ['small'], 'username': 'zuul', 'host-key': 'x' }] }],
    }],
  });
}

/** One diskimage to build. */
export function images(timeout?: number): NodepoolConfig {
  return NodepoolConfig.fromObject({
    diskimages: [{ 'name': 'debian', 'elements': ['debian-minimal'], 'formats': ['qcow2'], 'build-timeout': timeout }],
  });
}

/** A launcher alone in a chart. */
export function launcher(props: Partial<NodepoolLauncherProps> = {}, chart = testChart()) {
  const config = props.config ?? staticNodes();
  return { chart, config, launcher: new NodepoolLauncher(chart, 'Launcher', { zookeeper: zookeeper(), ...props, config }) };
}

/** A builder alone in a chart. */
export function builder(props: Partial<NodepoolBuilderProps> = {}, chart = testChart()) {
  const config = props.config ?? images();
  return { chart, config, builder: new NodepoolBuilder(chart, 'Builder', { zookeeper: zookeeper(), ...props, config }) };
}

export function stack(props: Partial<NodepoolStackProps> = {}, app = new App(), id = 'ci'): NodepoolStack {
  return new NodepoolStack(app, id, { namespace: 'ci', config: staticNodes(), zookeeper: zookeeper(), ...props });
}

/** What a chart writes, read back. */
export function objects(chart: Chart): ManifestObject[] {
  return parseManifests(synthYaml(chart));
}

/** The nodepool.yaml of a service, read back. */
export function nodepoolYaml(chart: Chart, service = 'nodepool-launcher'): any {
  return parseManifests(only(objects(chart), 'ConfigMap', `${service}-config`).data['nodepool.yaml'])[0];
}

/** The pod that a chart's one Deployment or StatefulSet makes. */
export function pod(chart: Chart, kind: 'Deployment' | 'StatefulSet' = 'Deployment'): { metadata: any; spec: any } {
  return only(objects(chart), kind).spec.template;
}

/** A container of a pod by its name. */
export function container(template: { spec: any }, name: string): any {
  return named([...template.spec.containers, ...template.spec.initContainers ?? []], name);
}

/** The one entry of a list with a name. */
export function named(list: any[], name: string): any {
  const found = list.filter(entry => entry.name === name);
  if (found.length !== 1) { throw new Error(`expected one ${name}, found ${found.length} among: ${list.map(entry => entry.name).join(', ')}`); }
  return found[0];
}

/** The environment of a container as a map. */
export function environment(of: any): Record<string, any> {
  return Object.fromEntries((of.env ?? []).map(({ name, value, valueFrom }: any) => [name, value ?? valueFrom]));
}

/** The mounts of a container: path to volume. */
export function mounts(of: any): Record<string, string> {
  return Object.fromEntries(of.volumeMounts.map((mount: any) => [mount.mountPath, mount.name]));
}

/** The values that follow an option of a command. */
export function option(command: string[], name: string): string[] {
  return command.flatMap((word, index) => command[index - 1] === name ? [word] : []);
}

/** The checksums of a pod, by which it is replaced. */
export function checksums(template: { metadata: any }): Record<string, string> {
  return Object.fromEntries(Object.entries<string>(template.metadata.annotations).filter(([key]) => key.startsWith('checksum.')));
}

/** The text of an error that something must raise. */
export function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

export function privateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A value that no text holds by accident. */
export function randomSecret(): string {
  return randomBytes(18).toString('hex');
}

/** A host key; nobody holds its private half. */
export const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7';

/** The line of an ssh public key; the key is no one's. */
export const PUBLIC_KEY = `ssh-ed25519 ${'A'.repeat(68)} zuul`;

/** Stops every later change of a value and of all that is in it, as far as it is plain data. */
export function deepFreeze<T>(value: T): T {
  const plain = typeof value === 'object' && value !== null && [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
  if (plain) { Object.values(Object.freeze(value) as object).forEach(deepFreeze); }
  return value;
}
