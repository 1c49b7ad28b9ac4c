import { ExternalZookeeperOptions, ZookeeperSource } from '../../src';
import { launcher, nodepoolYaml } from '../fixtures';

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
