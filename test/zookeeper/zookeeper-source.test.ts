import { App, Size } from 'cdk8s';
import { ExternalZookeeperOptions, LogLevel, NodepoolStackProps, Platform, SecretSource, ZookeeperSource } from '../../src';
import { images, launcher, nodepoolYaml, objects, stack } from '../fixtures';
import { only } from '../manifests';

const external = (options: Partial<ExternalZookeeperOptions>) => ZookeeperSource.external({ servers: ['zk'], tlsSecret: 'tls', ...options });

test('every option has its effect', () => {
  const options: Required<Omit<ExternalZookeeperOptions, 'tls'>> = { servers: ['zk.example.com:2282'], tlsSecret: 'tls', chroot: '/zuul' };
  const { servers, tlsSecretName, chroot } = ZookeeperSource.external(options);
  expect({ servers, tlsSecretName, chroot }).toEqual({ servers: ['zk.example.com:2282'], tlsSecretName: 'tls', chroot: '/zuul' });
});

test('a server without a port has that of ZooKeeper over TLS', () => {
  expect(external({ servers: ['zk1', '[fd00::1]'] }).servers).toEqual(['zk1:2281', '[fd00::1]:2281']);
});

test('without a chroot there is none', () => {
  expect(external({}).chroot).toBeUndefined();
});

test('the list of the user may change afterwards', () => {
  const servers = ['zk1'];
  const source = external({ servers });
  servers.push('zk2');
  expect(source.servers).toEqual(['zk1:2281']);
});

test.each([[], undefined, null])('fails when the servers are %j', servers => {
  expect(() => external({ servers: servers as any })).toThrow("ZookeeperSource.external: 'servers' is empty; give at least one, such as \"zk.example.com:2281\"");
});

test('fails when an option is misspelt', () => {
  expect(() => external({ tlsSecretName: 'x' } as any)).toThrow("ZookeeperSource.external: 'tlsSecretName' is unknown; did you mean 'tlsSecret'?");
});

test('fails when the servers are one text', () => {
  expect(() => external({ servers: 'zk:2281' as any })).toThrow("ZookeeperSource.external: 'servers' must be a list, got \"zk:2281\"; write [\"zk:2281\"]");
});

test.each([undefined, null, 'zk:2281'])('fails when there is %j in place of options', options => {
  expect(() => ZookeeperSource.external(options as any)).toThrow("ZookeeperSource.external: needs options, such as { servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' }");
});

test.each(['', 'zk:0', 'zk:65536', 'zk:abc', 'tls://zk', 'zk/chroot', 'fd00::1', 'zk 1', 'a,b', undefined, null, 5, '[zk', '[zk]:2281'])('fails when a server is %p', server => {
  expect(() => external({ servers: [server as any] })).toThrow("ZookeeperSource.external: 'servers' must be host or host:port (an IPv6 address in brackets), such as");
});

test('fails with every bad server', () => {
  expect(() => external({ servers: ['a b', 'zk1', 'c d'] })).toThrow(/"a b"[^]*"c d"/);
});

test('fails when a server is named twice, once without its port', () => {
  expect(() => external({ servers: ['zk1', 'zk1:2281'] })).toThrow("ZookeeperSource.external: 'servers' has \"zk1:2281\" twice; name each member once");
});

test.each(['', '/', 'zuul', '/zuul/', '//zuul', '/a b', '/a,b'])('fails when the chroot is %j', chroot => {
  expect(() => external({ chroot })).toThrow("ZookeeperSource.external: 'chroot' must be a path such as \"/nodepool\", without a final slash");
});

test.each(['', 'No_Secret', undefined])('fails when the Secret is named %p', tlsSecret => {
  expect(() => launcher({ zookeeper: external({ tlsSecret: tlsSecret as any }) })).toThrow("[ci/Launcher] 'zookeeper.tlsSecret' must be a Secret's name");
});

describe('a connection of another make', () => {
  test('is taken', () => {
    const { chart } = launcher({ zookeeper: { servers: ['zk:2281'], tlsSecretName: 'tls' } });
    expect(nodepoolYaml(chart)['zookeeper-servers']).toEqual([{ host: 'zk', port: 2281 }]);
  });

  test.each([{ servers: [], tlsSecretName: 'tls' }, {}, undefined, null])('fails when it is %j', connection => {
    expect(() => launcher({ zookeeper: connection as any })).toThrow("[ci/Launcher] 'zookeeper' has no servers; give it as ZookeeperSource.external(");
  });

  test.each(['zk', 'fd00::1:2281', 'zk:x'])('fails when a server is %j', server => {
    expect(() => launcher({ zookeeper: { servers: [server], tlsSecretName: 'tls' } })).toThrow("'zookeeper.servers' must be host:port");
  });
});

describe('an ensemble of the stack\'s own', () => {
  const managed = (props: Partial<NodepoolStackProps> = {}, options = {}) => stack({ zookeeper: ZookeeperSource.managed(options), ...props });
  const members = (props: Partial<NodepoolStackProps>) => only(objects(managed(props)), 'StatefulSet').spec.template;

  test('is made in the stack, and Nodepool has all its members', () => {
    const chart = managed({ instanceName: 'blue', builderConfig: images() }, { chroot: '/zuul' });
    const servers = [0, 1, 2].map(n => ({ host: `blue-zookeeper-${n}`, port: 2281, ...n === 2 ? { chroot: '/zuul' } : {} }));
    expect(chart.zookeeper!.members).toBe(3);
    for (const service of ['blue-launcher', 'blue-builder']) { expect(nodepoolYaml(chart, service)['zookeeper-servers']).toEqual(servers); }
  });

  test('its Secret is that of Nodepool\'s pods', () => {
    const chart = managed();
    expect(JSON.stringify(only(objects(chart), 'Deployment').spec.template.spec.volumes)).toContain(chart.zookeeper!.tlsSecretName);
    expect(only(objects(chart), 'Certificate', chart.zookeeper!.tlsSecretName).spec.secretName).toBe('nodepool-zookeeper-client-tls');
  });

  test('fails for a second stack that is given the source, and not the ensemble', () => {
    const source = ZookeeperSource.managed();
    const app = new App();
    stack({ zookeeper: source }, app, 'first');
    expect(() => stack({ zookeeper: source, instanceName: 'second' }, app, 'second')).toThrow("[second] 'zookeeper' was given to another stack, which has an ensemble");
    expect(() => stack({ zookeeper: source }, new App(), 'first')).not.toThrow();
  });

  test('another stack of the namespace shares it', () => {
    const app = new App();
    const first = managed();
    const second = stack({ instanceName: 'second', zookeeper: first.zookeeper! }, app, 'second');
    expect(second.zookeeper).toBeUndefined();
    expect(nodepoolYaml(second, 'second-launcher')['zookeeper-servers'][0].host).toBe('nodepool-zookeeper-0');
    expect(objects(second).some(object => object.kind === 'StatefulSet')).toBe(false);
  });

  test('fails in another namespace, where its Secrets are not', () => {
    expect(() => stack({ namespace: 'elsewhere', zookeeper: managed().zookeeper! }, new App(), 'other')).toThrow(
      "'zookeeper' is an ensemble of the namespace \"ci\", whose Secrets the pods of \"elsewhere\" cannot mount; bring a client's Secret here");
  });

  test('what all pods have it has too, but for what is Nodepool\'s', () => {
    const { metadata, spec } = members({
      extraLabels: { team: 'ci' },
      imagePull: SecretSource.existing('registry'),
      podDefaults: {
        registryMirror: 'mirror.example.com',
        nodeSelector: { disk: 'ssd' },
        logLevel: LogLevel.WARN,
        priorityClassName: 'ci',
        replicas: 2,
        resources: { memory: { limit: Size.gibibytes(9) } },
      },
      platform: Platform.OPENSHIFT,
    });
    expect(metadata.labels.team).toBe('ci');
    expect(spec).toMatchObject({ nodeSelector: { disk: 'ssd' }, priorityClassName: 'ci', imagePullSecrets: [{ name: 'registry' }] });
    expect(spec.containers[0].image).toBe('mirror.example.com/library/zookeeper:3.9.5');
    expect(spec.containers[0].resources.limits.memory).toBe('1Gi');
    expect(spec.securityContext.runAsUser).toBeUndefined();
  });

  test('another member replaces the pods of Nodepool: a builder breaks on a changed list', () => {
    const template = (count: number) => only(objects(managed({}, { members: count })), 'Deployment').spec.template;
    expect(template(5).metadata.annotations).not.toEqual(template(3).metadata.annotations);
  });

  test('a renewed authority replaces none', () => {
    expect(only(objects(managed()), 'Deployment').spec.template.spec.volumes.some((volume: any) => volume.projected)).toBe(false);
  });

  test('fails without a stack', () => {
    expect(() => launcher({ zookeeper: ZookeeperSource.managed() })).toThrow(
      "[ci/Launcher] 'zookeeper' is ZookeeperSource.managed(), which a NodepoolStack makes; without a stack make new Zookeeper(…) and give that");
  });

  test('fails when an option is misspelt', () => {
    expect(() => ZookeeperSource.managed({ member: 3 } as any)).toThrow("ZookeeperSource.managed: 'member' is unknown; did you mean 'members'?");
    expect(() => ZookeeperSource.managed(null as any)).toThrow('ZookeeperSource.managed: needs options such as { members: 3 }, or none');
  });

  test('fails with the place when a value is wrong', () => {
    expect(() => managed({}, { members: 2 })).toThrow("[ci/Zookeeper] 'members' must be 1, 3 or 5");
  });
});
