import { k8s } from 'cdk8s-plus-27';
import { BuilderNetworkPolicy, ImageBuilder, Playbooks, SecretSource, ZookeeperSource } from '../../src';
import { builder, errorOf, objects } from '../fixtures';
import { only } from '../manifests';

const hostKeys = ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7'];
const policy = (props = {}) => only(objects(builder({ networkPolicy: {}, ...props }).chart), 'NetworkPolicy');
const egress = (props = {}): any[] => policy(props).spec.egress;
const machines = (...hosts: Partial<ImageBuilder>[]) => hosts.map(host => ({ hostKeys, ...host }) as ImageBuilder);
const DNS = { ports: [53, 5353].flatMap(port => [{ port, protocol: 'UDP' }, { port, protocol: 'TCP' }]) };
const ZOOKEEPER = { ports: [{ port: 2281, protocol: 'TCP' }] };

test('without it there is no policy', () => {
  expect(objects(builder().chart).filter(object => object.kind === 'NetworkPolicy')).toEqual([]);
});

test('it is for the builder\'s pods, and lets in those who read the build logs', () => {
  const { metadata, spec } = policy();
  expect(metadata.name).toBe('nodepool-builder');
  expect(spec.podSelector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'nodepool', 'run': 'nodepool-builder' });
  expect(spec.ingress).toEqual([{ ports: [{ port: 8080, protocol: 'TCP' }] }]);
});

test('DNS and ZooKeeper are always reached', () => {
  expect(egress()).toEqual([DNS, ZOOKEEPER]);
  expect(egress({ zookeeper: ZookeeperSource.external({ servers: ['a:2181', 'b:2281'], tlsSecret: 'x' }) })[1].ports.map(({ port }: any) => port)).toEqual([2181, 2281]);
});

test('a machine with an address is reached there alone, one with a name at its port', () => {
  const imageBuilders = machines({ host: '192.0.2.7' }, { host: '2001:db8::1', name: 'six', port: 2222 }, { host: 'a' }, { host: 'b' });
  expect(egress({ imageBuilders }).slice(2)).toEqual([
    { to: [{ ipBlock: { cidr: '192.0.2.7/32' } }], ports: [{ port: 22, protocol: 'TCP' }] },
    { to: [{ ipBlock: { cidr: '2001:db8::1/128' } }], ports: [{ port: 2222, protocol: 'TCP' }] },
    { ports: [{ port: 22, protocol: 'TCP' }] },
  ]);
});

test.each([
  ['https://git.example.com/x', 443], ['https://git.example.com:8443/x', 8443], ['ssh://git@git.example.com/x', 22], ['git@git.example.com:x', 22],
])('the repository %s of playbooks is reached', (url, port) => {
  const playbooks = Playbooks.fromGit({ url, ref: 'main', credentials: SecretSource.existing('x') });
  expect(egress({ playbooks }).slice(2)).toEqual([{ ports: [{ port, protocol: 'TCP' }] }]);
});

test('the server of the metrics is reached', () => {
  expect(egress({ statsd: { host: 'statsd', port: 9125 } }).slice(2)).toEqual([{ ports: [{ port: 9125, protocol: 'UDP' }] }]);
});

test('every option has its effect', () => {
  const networkPolicy: Required<BuilderNetworkPolicy> = {
    egress: [{ ports: [{ port: k8s.IntOrString.fromNumber(443) }] }], ingress: [{ from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }],
  };
  const { spec } = policy({ networkPolicy });
  expect(spec.egress).toEqual([DNS, ZOOKEEPER, { ports: [{ port: 443 }] }]);
  expect(spec.ingress).toEqual([{ from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }]);
});

test.each<[any, string]>([[{ egres: [] }, "'networkPolicy.egres' is unknown; did you mean"], [{ egress: {} }, "'networkPolicy.egress' must be a list"]])('fails with %j', (networkPolicy, message) => {
  expect(errorOf(() => builder({ networkPolicy }))).toContain(message);
});
