import {
  AwsImageFormat, AwsImdsSupport, AwsImdsv2, Diskimage, Label, NodepoolConfig, NodepoolConfigProps, OpenshiftPodsProvider, Provider, StaticNode,
} from '../../../src/config';
import { readYaml, YamlValue } from '../../../src/config/yaml';

/** What Nodepool would read, with maps as plain objects. */
function written(config: NodepoolConfig): any { return plain(readYaml(config._withBase({})).data); }

function plain(value: YamlValue): unknown {
  if (Array.isArray(value)) { return value.map(plain); }
  return value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)])) : value;
}

/** The only provider of a configuration, as Nodepool would read it. */
function writtenProvider(provider: Provider): any { return written(new NodepoolConfig({ providers: [provider] })).providers[0]; }

function rack(node: Omit<StaticNode, 'name'>): any {
  return writtenProvider(Provider.staticNodes({ name: 'rack', pools: [{ name: 'main', nodes: [{ name: 'n1', ...node }] }] })).pools[0].nodes[0];
}

describe('a configuration from structs', () => {
  test('is written as Nodepool spells it', () => {
    const config = new NodepoolConfig({
      labels: [{ name: 'small', minReady: 2 }],
      diskimages: [{ name: 'fedora', dibCmd: 'build', isAbstract: true }],
      providers: [Provider.openstack({ name: 'cloud', cloud: 'vexxhost', pools: [{ name: 'main', labels: [{ name: 'small', minRam: 8192, diskimage: 'fedora' }] }] })],
      maxHoldAge: 3600,
    });
    expect(config._withBase({})).toBe([
      'labels:',
      '  - name: small',
      '    min-ready: 2',
      'diskimages:',
      '  - name: fedora',
      '    dib-cmd: build',
      '    abstract: true',
      'providers:',
      '  - name: cloud',
      '    driver: openstack',
      '    cloud: vexxhost',
      '    pools:',
      '      - name: main',
      '        labels:',
      '          - name: small',
      '            min-ram: 8192',
      '            diskimage: fedora',
      'max-hold-age: 3600',
      '',
    ].join('\n'));
  });

  test('may be empty, and grow', () => {
    const config = new NodepoolConfig();
    expect(written(config)).toEqual({});
    config.addLabel({ name: 'small', maxReadyAge: 60 });
    config.addDiskimage({ name: 'fedora', pythonPath: '/usr/bin/python3' });
    config.addProvider(Provider.gce({ name: 'g', project: 'p', region: 'r', zone: 'z', pools: [] }));
    expect(written(config)).toEqual({
      labels: [{ 'name': 'small', 'max-ready-age': 60 }],
      diskimages: [{ 'name': 'fedora', 'python-path': '/usr/bin/python3' }],
      providers: [{ name: 'g', driver: 'gce', project: 'p', region: 'r', zone: 'z', pools: [] }],
    });
  });

  test('a label added later satisfies a pool', () => {
    const config = new NodepoolConfig({ providers: [Provider.staticNodes({ name: 'p', pools: [{ name: 'main', nodes: [{ name: 'n', labels: ['a'] }] }] })] });
    expect(config._validate()).toEqual(['providers[p].pools[main].nodes[n].labels[a]: label "a" is not defined; defined labels: (there are none)']);
    config.addLabel({ name: 'a' });
    expect(config._validate()).toEqual([]);
  });

  test('does not change with what it was made from', () => {
    const labels: Label[] = [{ name: 'a' }];
    const zones = ['one'];
    const provider = Provider.openstack({ name: 'o', cloud: 'c', pools: [{ name: 'main', availabilityZones: zones, labels: [] }] });
    const config = new NodepoolConfig({ labels, providers: [provider] });
    const before = config._withBase({});
    labels.push({ name: 'b' });
    zones.push('two');
    expect(config._withBase({})).toBe(before);
    expect(labels).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  test('one provider may be in two configurations, neither of which changes the other', () => {
    const provider = Provider.staticNodes({ name: 'rack', pools: [] });
    const [one, other] = [new NodepoolConfig({ providers: [provider] }), new NodepoolConfig()];
    other.addProvider(provider);
    one.addProvider({ name: 'more', driver: 'static' });
    expect(written(other)).toEqual({ providers: [{ name: 'rack', driver: 'static', pools: [] }] });
  });

  test('variables stay for Nodepool to fill in', () => {
    expect(new NodepoolConfig({ labels: [{ name: '%(NODEPOOL_LABEL)' }] }).environmentVariables).toEqual(['NODEPOOL_LABEL']);
  });
});

describe('values', () => {
  test.each([[10, '10.0'], [2.5, '2.5']])('a number that must have a point has one: %p', (zookeeperTimeout, text) => {
    expect(new NodepoolConfig({ zookeeperTimeout })._withBase({})).toBe(`zookeeper-timeout: ${text}\n`);
  });

  test('a number that may have one is written as it is', () => {
    expect(new NodepoolConfig({ providers: [Provider.aws({ name: 'a', regionName: 'r', rate: 2, pools: [] })] })._withBase({})).toContain('rate: 2\n');
  });

  test('whole devices of a container have a point', () => {
    const provider = Provider.kubernetes({ name: 'k', pools: [{ name: 'main', labels: [{ name: 'l', labelType: 'pod', gpu: 1, gpuResource: 'nvidia.com/gpu' }] }] });
    expect(new NodepoolConfig({ providers: [provider] })._withBase({})).toContain('gpu: 1.0\n');
  });

  test('members of enums are what Nodepool reads', () => {
    expect(AwsImdsSupport.V2_0).toBe('v2.0');
    expect(writtenProvider(Provider.aws({ name: 'a', regionName: 'r', imageFormat: AwsImageFormat.VHDX, pools: [] }))).toHaveProperty('image-format', 'vhdx');
  });

  test('null can be said where Nodepool takes it', () => {
    const provider = Provider.aws({
      name: 'a',
      regionName: 'r',
      diskimages: [{ name: 'i', imdsSupport: AwsImdsSupport.NULL }],
      pools: [{ name: 'main', labels: [{ name: 'l', keyName: 'k', imdsv2: AwsImdsv2.NULL }] }],
    });
    expect(writtenProvider(provider)).toMatchObject({ diskimages: [{ 'imds-support': null }], pools: [{ labels: [{ imdsv2: null }] }] });
  });

  test('a key with two types has two props', () => {
    expect(rack({ labels: ['a', 'b'], hostKeys: ['x'] })).toEqual({ 'name': 'n1', 'labels': ['a', 'b'], 'host-key': ['x'] });
    expect(rack({ label: 'a', hostKey: 'x' })).toEqual({ 'name': 'n1', 'labels': 'a', 'host-key': 'x' });
  });

  test.each<[Omit<Diskimage, 'name'>, unknown]>([[{ release: '40' }, '40'], [{ releaseNumber: 40 }, 40]])('the release of %p', (diskimage, release) => {
    expect(written(new NodepoolConfig({ diskimages: [{ name: 'fedora', ...diskimage }] })).diskimages[0].release).toBe(release);
  });

  test('a network of Azure is a name or a map', () => {
    const common = { name: 'z', location: 'l', resourceGroup: 'g', resourceGroupLocation: 'l', authPath: '/a', pools: [] };
    expect(writtenProvider(Provider.azure({ ...common, network: 'net' })).network).toBe('net');
    expect(writtenProvider(Provider.azure({ ...common, networkDetails: { network: 'net', resourceGroup: 'other' } })).network)
      .toEqual({ 'network': 'net', 'resource-group': 'other' });
  });
});

describe('keys that users own', () => {
  test('are never converted', () => {
    const own = { 'myKey': 'a', 'my-key': 'b', 'my_key': 'c', 'minReady': { minReady: 1 } };
    const config = new NodepoolConfig({ diskimages: [{ name: 'i', metadata: own, envVars: { DIB_camelCase: 'x' } }] });
    expect(written(config).diskimages[0]).toEqual({ 'name': 'i', 'metadata': own, 'env-vars': { DIB_camelCase: 'x' } });
  });

  test('quotas of a tenant stand beside its other limits', () => {
    const config = new NodepoolConfig({ tenantResourceLimits: [{ tenantName: 't', quotas: { 'L-1216C47A': 3, 'maxServers': 4 }, maxServers: 5 }] });
    expect(written(config)['tenant-resource-limits']).toEqual([{ 'tenant-name': 't', 'max-servers': 5, 'L-1216C47A': 3, 'maxServers': 4 }]);
  });

  test('a PodSpec stays as it is', () => {
    const props: OpenshiftPodsProvider = {
      name: 'o', context: 'c', pools: [{ name: 'p', labels: [{ name: 'l', spec: { nodeSelector: { cpuLimit: 'x' }, restartPolicy: 'Never' } }] }],
    };
    expect(writtenProvider(Provider.openshiftpods(props)).pools[0].labels[0].spec).toEqual({ nodeSelector: { cpuLimit: 'x' }, restartPolicy: 'Never' });
  });
});

describe('a provider', () => {
  test('tells its name and driver', () => {
    const provider = Provider.staticNodes({ name: 'rack' });
    expect([provider.name, provider.driver]).toEqual(['rack', 'static']);
  });

  test('fails with the path of what cannot be written', () => {
    expect(() => Provider.kubernetes({ name: 'k', pools: [{ name: 'p', labels: [{ name: 'l', labelType: 'pod', volumes: [new Date(0)] }] }] }))
      .toThrow('providers[k].pools[0].labels[0].volumes[0]: an instance of Date cannot be written as YAML');
  });

  test('fails without a name', () => {
    expect(() => Provider.staticNodes({} as any)).toThrow('providers: "name" is missing; give the provider a name');
  });
});

describe('spelled as Nodepool does', () => {
  test('keys pass as they are, beside props too', () => {
    const config = new NodepoolConfig();
    config.addLabel({ 'name': 'a', 'min-ready': 2, 'maxReadyAge': 60 });
    config.addDiskimage({ 'name': 'i', 'release': 9, 'build-timeout': 60 });
    expect(written(config)).toEqual({
      labels: [{ 'name': 'a', 'min-ready': 2, 'max-ready-age': 60 }], diskimages: [{ 'name': 'i', 'release': 9, 'build-timeout': 60 }],
    });
  });

  test('a provider that is a map is not converted at all', () => {
    const config = new NodepoolConfig();
    config.addProvider({ name: 'p', driver: 'aws', regionName: 'r', pools: [{ 'max-servers': 1, 'maxCores': 2 }] });
    expect(written(config).providers).toEqual([{ name: 'p', driver: 'aws', regionName: 'r', pools: [{ 'max-servers': 1, 'maxCores': 2 }] }]);
  });

  test('fails when a key is given in both spellings', () => {
    expect(() => new NodepoolConfig().addLabel({ 'name': 'a', 'min-ready': 1, 'minReady': 1 }))
      .toThrow('labels[0]: "min-ready" is given twice, as min-ready and as minReady; keep one of them');
  });
});

test.each<[NodepoolConfigProps, string]>([
  [{ labels: [{} as Label] }, 'labels[0]: "name" is missing; give it a name'],
  [{ labels: [{ name: 'a' }], providers: ['p' as any] }, 'providers[0]: this is a text, not a map'],
  [{ diskimages: 5 as any }, 'diskimages: this is no list'],
  [{ diskimages: [{ name: 'i', release: '9', releaseNumber: 9 }] }, 'diskimages[0]: "release" is given twice, as release and as releaseNumber'],
  [{ tenantResourceLimits: [{ tenantName: 't', quotas: { 'max-servers': 1 }, maxServers: 1 }] }, '"max-servers" is given twice, as maxServers and as quotas'],
  [{ tenantResourceLimits: [{ tenantName: 't', maxServer: 1 } as any] }, 'tenant-resource-limits[0]: there is no prop "maxServer"; did you mean "maxServers"? other names stand in "quotas"'],
  [{ providers: 'p' as any }, 'providers: this is no list'],
  [{ labels: [{ name: 'a\ud83d' }] }, 'labels[0].name: a text holds half of a surrogate pair, which no file can hold; remove it'],
  [null as any, 'nothing is given for the configuration; give an object with its properties'],
  ['text' as any, 'a string is given for the configuration; give an object with its properties'],
  [[] as any, 'a list is given for the configuration; give an object with its properties'],
  [{ tenantResourceLimits: [{ tenantName: 't', quotas: [] as any }] }, 'tenant-resource-limits[0].quotas: this is no map; give names with numbers'],
])('fails on %j', (props, message) => {
  expect(() => new NodepoolConfig(props)).toThrow(message);
});

test('fails without the properties of a provider', () => {
  expect(() => (Provider as any).aws()).toThrow('nothing is given for a provider of the driver "aws"; give an object with its properties');
});

test('a prop that does not exist stops the synth', () => {
  expect(new NodepoolConfig({ maxHoldAg: 5 } as any)._validate()).toEqual([expect.stringMatching(/^maxHoldAg: key "maxHoldAg" is not known at the top level; /)]);
});
