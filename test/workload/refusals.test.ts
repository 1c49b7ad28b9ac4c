import { Duration, Lazy, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { container, errorOf, launcher, pod, randomSecret } from '../fixtures';
import { expectNoSecretValues } from '../manifests';

const QUANTITY_GIVEN = [
  { cpu: { request: Cpu.millis(600), limit: Cpu.millis(500) } },
  { memory: { request: Size.gibibytes(4), limit: Size.gibibytes(2) } },
  { ephemeralStorage: { request: Size.gibibytes(4), limit: Size.gibibytes(2) } },
];

test.each<[string, any, string]>([
  ['a label has a bad value', { extraLabels: { team: 'a b' } }, "'extraLabels.team' must be a label value"],
  ['a label\'s value is too long', { extraLabels: { team: 'x'.repeat(64) } }, "'extraLabels.team' must be a label value"],
  ['a label\'s value is null', { extraLabels: { team: null } }, "'extraLabels.team' must be a label value"],
  ['a label is only known at synth', { extraLabels: { team: Lazy.any({ produce: () => 'x' }) } }, "'extraLabels.team' must be a label value"],
  ['a label has a bad key', { extraLabels: { 'a b': 'x' } }, "'extraLabels' has the key \"a b\": a key is [prefix/]name"],
  ['a label\'s key has no name', { extraLabels: { 'example.com/': 'x' } }, "'extraLabels' has the key \"example.com/\""],
  ['a switch is a text', { reloader: 'false' }, "'reloader' must be true or false, got \"false\""],
  ['labels are a list', { extraLabels: ['x'] }, "'extraLabels' must be a map of strings, got [\"x\"]"],
  ['labels are a text', { extraLabels: 'a=b' }, "'extraLabels' must be a map of strings, got \"a=b\""],
  ['annotations are a list', { extraAnnotations: ['a=b'] }, "'extraAnnotations' must be a map of strings, got [\"a=b\"]"],
  ['node labels are a text', { nodeSelector: 'a=b' }, "'nodeSelector' must be a map of strings, got \"a=b\""],
  ['variables are a text', { env: 'A=b' }, "'env' must be a map of EnvValue, got a value of type string"],
  ['variables are a list', { env: [{ name: 'A', value: 'b' }] }, "'env' must be a map of EnvValue, got a list"],
  ['a toleration is a text', { tolerations: ['ci'] }, "'tolerations[0]' must be a map such as { key: 'ci', operator: 'Exists' }, got a value of type string"],
  ['affinity is a list', { affinity: [{}] }, "'affinity' must be a map such as { nodeAffinity: … }, got a list"],
  ['a spread is a text', { topologySpread: ['zone'] }, "'topologySpread[0]' must be a map such as { maxSkew: 1,"],
  ['a spread lacks fields', { topologySpread: [{ topologyKey: 'zone' }] }, "'topologySpread[0]' needs 'maxSkew', 'whenUnsatisfiable', got the fields [\"topologyKey\"]"],
  ['a sidecar mounts a volume that is not there', { sidecars: [{ name: 'a', image: 'a:1', volumeMounts: [{ name: 'cache', mountPath: '/c' }] }] },
    "'sidecars[a].volumeMounts' has the volume \"cache\", which the pod does not have; add it to 'volumes', or take one of config, logging"],
  ['an init container mounts a volume that is not there', { initContainers: [{ name: 'a', image: 'a:1', volumeMounts: [{ name: 'cache', mountPath: '/c' }] }] },
    "'initContainers[a].volumeMounts' has the volume \"cache\", which the pod does not have"],
  ['resources are spelt as Kubernetes spells them', { resources: { limits: { cpu: '1' } } }, "'resources' is not spelt as Kubernetes spells it but by cpu, memory and ephemeralStorage"],
  ['the limit of CPU is misspelt', { resources: { cpu: { limits: Cpu.units(1) } } }, "'resources.cpu.limits' is unknown; did you mean 'resources.cpu.limit'?"],
  ['memory has no limit', { resources: { memory: Size.gibibytes(1) } }, "'resources.memory.amount' is unknown; known are request, limit"],
  ['statsd is a text', { statsd: 'statsd:8125' }, "'statsd' must be a map of any of host, port, got a value of type string"],
  ['a label is one that pods are selected by', { extraLabels: { run: 'x' } }, "'extraLabels' must not set \"run\": the Service and the workload select their pods by it; use another key"],
  ['a label is ours', { extraLabels: { 'app.kubernetes.io/name': 'x' } }, 'must not set "app.kubernetes.io/name"'],
  ['an annotation is a number', { extraAnnotations: { a: 5 } }, "'extraAnnotations.a' must be a string, got 5; quote it"],
  ['a node selector is no label', { nodeSelector: { disk: true } }, "'nodeSelector.disk' must be a label value"],
  ['a pull secret is no name', { imagePullSecrets: ['A'] }, "'imagePullSecrets' must be a Secret's name"],
  ['the priority class is no name', { priorityClassName: 'Very High' }, "'priorityClassName' must be an object's name"],
  ['a variable\'s name begins with a digit', { env: { '1A': { value: 'x' } } }, "'env' has \"1A\", which is no name of an environment variable"],
  ['a path of a volume is relative', { volumes: [{ path: 'x', volume: {} }] }, "'volumes[].path' must be an absolute path without ':' and '..', got \"x\""],
  ['a path of a volume ends in a slash', { volumes: [{ path: '/x/', volume: {} }] }, "'volumes[].path' must be written without '//', '/./' and a slash at the end, got \"/x/\"; write \"/x\""],
  ['a volume is to be the whole file system', { volumes: [{ path: '/', volume: {} }] }, "'volumes[].path' must be a path below \"/\", got \"/\""],
  ['a volume is missing', { volumes: [{ path: '/x' }] }, "'volumes' needs a 'volume' for /x, such as Volume.fromSecret(…)"],
  ['an alias has no address', { hostAliases: [{ ip: '1.2', hostnames: ['a'] }] }, "'hostAliases[].ip' must be an IP address, got \"1.2\""],
  ['an alias has no names', { hostAliases: [{ ip: '192.0.2.1', hostnames: [] }] }, "'hostAliases' has no host names for 192.0.2.1; give at least one"],
  ['names of an alias are missing', { hostAliases: [{ ip: '192.0.2.1' }] }, "'hostAliases' has no host names for 192.0.2.1; give at least one"],
  ['a name of an alias is none', { hostAliases: [{ ip: '192.0.2.1', hostnames: ['a b'] }] }, "'hostAliases[192.0.2.1].hostnames' must be a host name"],
  ['the user is root', { runAsUser: 0 }, "'runAsUser' must be a whole number, 1 or more, got 0"],
  ['the group is a text', { fsGroup: '5' }, "'fsGroup' must be a whole number, 1 or more, got \"5\""],
  ['the grace period is too short', { terminationGracePeriod: Duration.seconds(14) }, "'terminationGracePeriod' must be a whole number, 15 or more, got 14"],
  ['the grace period is a number', { terminationGracePeriod: 60 }, "'terminationGracePeriod' must be a Duration, such as Duration.minutes(2), got 60"],
  ['statsd has a port in its host', { statsd: { host: 'statsd:8125' } }, "'statsd.host' must be a host name or an IP address, without scheme and port, got \"statsd:8125\""],
  ['the port of statsd is none', { statsd: { host: 'a', port: 0 } }, "'statsd.port' must be a whole number, from 1 to 65535, got 0"],
  ['a sidecar has no image', { sidecars: [{ name: 'a' }] }, "'sidecars' needs containers with 'name' and 'image', as Kubernetes spells them, got one with the fields [\"name\"]"],
  ['an init container is a text', { initContainers: [null] }, "'initContainers' needs containers with 'name' and 'image'"],
  ['a sidecar has the name of ours', { sidecars: [{ name: 'launcher', image: 'a:1' }] }, 'two containers of the pod "nodepool-launcher" are "launcher"; choose another one for yours'],
  ['a sidecar has a bad name', { sidecars: [{ name: 'A_b', image: 'a:1' }] }, "'sidecars[].name' must be a name (at most 63"],
  ['a volume has a bad name', { volumes: [{ path: '/x', volume: { name: 'A_b' } }] }, "'volumes[].volume.name' must be a name (at most 63"],
  ['sidecars are a text', { sidecars: 'x' }, "'sidecars' must be a list, got a value of type string"],
  ['pull secrets are a text', { imagePullSecrets: 'x' }, "'imagePullSecrets' must be a list"],
  ['tolerations are a map', { tolerations: {} }, "'tolerations' must be a list, got a value of type object"],
  ['the strategy is a text', { strategy: 'Recreate' }, "'strategy' must be a DeploymentStrategy, such as DeploymentStrategy.recreate(), got \"Recreate\""],
  ['certificates are a path', { corporateCa: 'ca.pem' }, "'corporateCa' must be a CorporateCa, such as CorporateCa.fromFile("],
  ['the mirror is a number', { registryMirror: 5 }, "'registryMirror' must be a registry"],
  ['the image is a text', { image: 'quay.io/x:1' }, "'image' must be a ContainerImage, such as ContainerImage.parse("],
  ['the mirror has a scheme', { registryMirror: 'https://registry.example.com' }, "'registryMirror' must be a registry, with a path if it has one, without scheme"],
  ['the level is no level', { logLevel: 'info' }, "'logLevel' must be one of \"INFO\", \"WARN\", \"DEBUG\", got \"info\""],
  ['the platform is none', { platform: 'OpenShift' }, "'platform' must be one of \"kubernetes\", \"openshift\", got \"OpenShift\""],
  ['CPU is a text', { resources: { cpu: { limit: '1' } } }, "'resources.cpu.limit' must be an amount such as Cpu.millis(500), got \"1\""],
  ['CPU is no number', { resources: { cpu: { limit: Cpu.millis(NaN) } } }, "'resources.cpu.limit' must be an amount such as Cpu.millis(500)"],
  ['CPU is negative', { resources: { cpu: { request: Cpu.millis(-1) } } }, "'resources.cpu.request' must be an amount"],
  ['memory is a text', { resources: { memory: { request: '1Gi' } } }, "'resources.memory.request' must be an amount such as Size.gibibytes(2), got \"1Gi\""],
  ...QUANTITY_GIVEN.map<[string, any, string]>(resources =>
    [`more ${Object.keys(resources)[0]} is requested than allowed`, { resources }, `'resources.${Object.keys(resources)[0]}.request' must not be more than`]),
])('fails when %s', (_, settings, message) => {
  expect(errorOf(() => launcher(settings))).toContain(message);
});

test('fails with all that is wrong, each with its place', () => {
  const message = errorOf(() => launcher({ replicas: -1, extraLabels: { 'a': ' ', 'b c': 'x' }, priorityClassName: 'A', env: { 1: { value: 'x' } } }));
  expect(message.match(/^\[ci\/Launcher\] '[\w.]+'/gm)?.map(start => start.slice(14)).sort()).toEqual([
    "'env'", "'extraLabels'", "'extraLabels.a'", "'priorityClassName'", "'replicas'",
  ]);
});

test.each(['text', 5, null, {}])('fails when a variable is %p and no EnvValue, without its value', value => {
  expect(errorOf(() => launcher({ env: { A: value as any } }))).toBe("[ci/Launcher] 'env.A' must be an EnvValue, such as EnvValue.fromValue('…') or EnvValue.fromSecretValue(…)");
});

test('fails without the value of a variable of a sidecar', () => {
  const secret = randomSecret();
  expectNoSecretValues(errorOf(() => launcher({ sidecars: [{ name: 'a', env: [{ name: 'TOKEN', value: secret }] }] })), [secret]);
});

describe('a default gives way to what is given', () => {
  const resources = (given: any) => container(pod(launcher({ resources: given }).chart), 'launcher').resources;

  test('a limit below the default request lowers the request', () => {
    expect(resources({ memory: { limit: Size.mebibytes(64) } })).toMatchObject({ requests: { memory: '64Mi' }, limits: { memory: '64Mi' } });
  });

  test('a request above the default limit raises the limit', () => {
    expect(resources({ cpu: { request: Cpu.units(1) } })).toMatchObject({ requests: { cpu: '1' }, limits: { cpu: '1' } });
  });

  test('what is not given keeps its default', () => {
    expect(resources({ cpu: { limit: Cpu.units(2) } })).toEqual({ requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '2Gi' } });
  });
});
