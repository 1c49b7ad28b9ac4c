import { App } from 'cdk8s';
import { CorporateCa, NodepoolBuilder, NodepoolLauncher, SecretSource, ZookeeperSource } from '../../src';
import { container, images, named, objects, option, pod, stack, staticNodes, testChart } from '../fixtures';
import { expectGoodManifests, only } from '../manifests';
import { VAULT } from './fixture';

const TLS = { 'ca.crt': 'a', 'tls.crt': 'b', 'tls.key': 'c' };
const fetched = (...keys: string[]) => SecretSource.externalSecret({ store: VAULT, data: Object.fromEntries(keys.map(key => [key, { key: 'ci', property: key }])) });
const zookeeper = (tls: SecretSource) => ZookeeperSource.external({ servers: ['zk'], tls });
const mounted = (template: any, volume: string) => named(template.spec.volumes, volume).secret.secretName;

describe('the client certificate of ZooKeeper', () => {
  test('is one Secret for launcher and builder of a stack', () => {
    const chart = stack({ zookeeper: zookeeper(fetched(...Object.keys(TLS))), builder: { enabled: true }, instanceName: 'blue', extraLabels: { team: 'ci' } });
    const secret = only(objects(chart), 'ExternalSecret');
    expect(secret.metadata).toMatchObject({ name: 'blue-zookeeper-client-tls', labels: { 'team': 'ci', 'app.kubernetes.io/component': 'zookeeper-client' } });
    expect(secret.spec.target.template.type).toBe('kubernetes.io/tls');
    expect(chart.zookeeperTlsSecret!.name).toBe('blue-zookeeper-client-tls');
    expect([pod(chart), pod(chart, 'StatefulSet')].map(template => mounted(template, 'zookeeper-tls'))).toEqual(Array(2).fill('blue-zookeeper-client-tls'));
  });

  test('a stack with it keeps every rule', () => {
    const chart = stack({ zookeeper: zookeeper(SecretSource.plainTextInGit(TLS)), builder: { enabled: true } });
    expectGoodManifests(objects(chart), { external: [{ kind: 'Secret', name: 'nodepool-builder-ssh-key' }] });
  });

  test('is one Secret for a launcher and a builder without a stack', () => {
    const chart = testChart();
    const source = zookeeper(SecretSource.plainTextInGit(TLS));
    new NodepoolLauncher(chart, 'Launcher', { config: staticNodes(), zookeeper: source });
    new NodepoolBuilder(chart, 'Builder', { config: images(), zookeeper: source });
    expect(only(objects(chart), 'Secret').metadata.name).toBe('nodepool-zookeeper-client-tls');
  });

  test('two instances in a chart have one each', () => {
    const chart = testChart();
    const source = zookeeper(SecretSource.plainTextInGit(TLS));
    for (const instanceName of ['one', 'two']) { new NodepoolLauncher(chart, instanceName, { config: staticNodes(), zookeeper: source, instanceName }); }
    expect(objects(chart).filter(object => object.kind === 'Secret').map(object => object.metadata.name)).toEqual(['one-zookeeper-client-tls', 'two-zookeeper-client-tls']);
  });

  test('fails when launcher and builder of an instance have two sources', () => {
    const chart = testChart();
    new NodepoolLauncher(chart, 'Launcher', { config: staticNodes(), zookeeper: zookeeper(SecretSource.plainTextInGit(TLS)) });
    expect(() => new NodepoolBuilder(chart, 'Builder', { config: images(), zookeeper: zookeeper(SecretSource.plainTextInGit(TLS)) }))
      .toThrow("[ci/Builder] 'zookeeper.tls' would make the Secret \"nodepool-zookeeper-client-tls\" a second time; give launcher and builder of an instance the same source");
  });

  test('may exist', () => {
    const source = zookeeper(SecretSource.existing('mine'));
    const chart = stack({ zookeeper: source });
    expect([source.tlsSecretName, mounted(pod(chart), 'zookeeper-tls'), chart.zookeeperTlsSecret]).toEqual(['mine', 'mine', undefined]);
  });

  test('restarts nothing when it is renewed', () => {
    const main = container(pod(stack({ zookeeper: zookeeper(fetched(...Object.keys(TLS))), launcher: { reloader: true } })), 'launcher');
    expect(option(main.command, '--watch')).toEqual([]);
  });

  test('fails without one of its keys', () => {
    expect(() => stack({ zookeeper: zookeeper(fetched('tls.crt', 'tls.key')) })).toThrow("'zookeeper.tls' needs the keys \"ca.crt\", \"tls.crt\" and \"tls.key\", got \"tls.crt\", \"tls.key\"");
  });

  test('fails beside the name of a Secret', () => {
    expect(() => ZookeeperSource.external({ servers: ['zk'], tls: SecretSource.existing('a'), tlsSecret: 'b' }))
      .toThrow("ZookeeperSource.external: 'tls' and 'tlsSecret' are both given; leave out one of the two");
  });

  test('fails when it is a name', () => {
    expect(() => ZookeeperSource.external({ servers: ['zk'], tls: 'a' as any })).toThrow("ZookeeperSource.external: 'tls' must be a SecretSource");
  });

  test('fails when the name of an existing one is none', () => {
    expect(() => stack({ zookeeper: zookeeper(SecretSource.existing('')) })).toThrow("[ci] 'zookeeper.tls' must be a Secret's name");
  });
});

describe('the credentials of registries', () => {
  const source = () => fetched('.dockerconfigjson');

  test('are a Secret of the type that the kubelet takes, for both services', () => {
    const chart = stack({ imagePull: source(), builder: { enabled: true } });
    expect(only(objects(chart), 'ExternalSecret').spec.target).toMatchObject({ name: 'nodepool-image-pull', template: { type: 'kubernetes.io/dockerconfigjson' } });
    expect(chart.imagePullSecret!.name).toBe('nodepool-image-pull');
    expect([pod(chart), pod(chart, 'StatefulSet')].map(template => template.spec.imagePullSecrets)).toEqual(Array(2).fill([{ name: 'nodepool-image-pull' }]));
  });

  test('stand beside the names that are given', () => {
    const chart = stack({ imagePull: source(), podDefaults: { imagePullSecrets: ['a'] } });
    expect(pod(chart).spec.imagePullSecrets).toEqual([{ name: 'a' }, { name: 'nodepool-image-pull' }]);
  });

  test('stand there once', () => {
    const chart = stack({ imagePull: SecretSource.existing('a'), podDefaults: { imagePullSecrets: ['a'] } });
    expect(pod(chart).spec.imagePullSecrets).toEqual([{ name: 'a' }]);
  });

  test('fail without their key', () => {
    expect(() => stack({ imagePull: SecretSource.plainTextInGit({ 'config.json': '{}' }) })).toThrow("[ci] 'imagePull' needs the keys \".dockerconfigjson\", got \"config.json\"");
  });

  test('fail when they are a name', () => {
    expect(() => stack({ imagePull: 'registry' as any })).toThrow("[ci] 'imagePull' must be a SecretSource, such as SecretSource.existing('registry-credentials')");
  });
});

describe('the certificates of a company', () => {
  const ca = (source: SecretSource, keys = ['ca.crt']) => stack({ corporateCa: CorporateCa.fromSecret(source, keys), builder: { enabled: true }, launcher: { reloader: true } });
  const volume = (template: any) => named(template.spec.volumes, 'corporate-ca');

  test('may be keys of a Secret, and no other key of it is in the pods', () => {
    const chart = ca(SecretSource.existing('authority'));
    expect([pod(chart), pod(chart, 'StatefulSet')].map(volume)).toEqual(Array(2).fill({
      name: 'corporate-ca', secret: { secretName: 'authority', defaultMode: 0o440, items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    }));
  });

  test('are one Secret for launcher and builder', () => {
    const chart = ca(fetched('ca.crt'));
    expect(only(objects(chart), 'ExternalSecret').metadata.name).toBe('nodepool-corporate-ca');
    expect([pod(chart), pod(chart, 'StatefulSet')].map(template => volume(template).secret.secretName)).toEqual(Array(2).fill('nodepool-corporate-ca'));
  });

  test('are followed when they change, by the supervisor, or by Reloader', () => {
    const chart = ca(SecretSource.existing('authority'));
    expect(option(container(pod(chart), 'launcher').command, '--ca-source')).toEqual(['/etc/nodepool-corporate-ca']);
    expect(only(objects(chart), 'Deployment').metadata.annotations).toEqual({ 'secret.reloader.stakater.com/reload': 'authority' });
  });

  test('keep every rule', () => {
    const names = ['zookeeper-client-tls', 'nodepool-builder-ssh-key', 'authority'];
    expectGoodManifests(objects(ca(SecretSource.existing('authority'))), { external: names.map(name => ({ kind: 'Secret', name })) });
  });

  test('fail when the Secret lacks a key', () => {
    expect(() => ca(fetched('tls.crt'))).toThrow("'corporateCa' needs the keys \"ca.crt\", got \"tls.crt\"");
  });

  test.each([[[]], [undefined], [['']], ['ca.crt']])('fail when the keys are %j', keys => {
    expect(() => CorporateCa.fromSecret(SecretSource.existing('x'), keys as any)).toThrow("CorporateCa.fromSecret: 'keys' must be a list of at least one key, such as ['ca.crt']");
  });

  test('fail when the source is a name', () => {
    expect(() => CorporateCa.fromSecret('x' as any, ['ca.crt'])).toThrow("CorporateCa.fromSecret: 'source' must be a SecretSource");
  });
});

describe('Reloader', () => {
  const reloaded = (reloader?: boolean) => only(objects(stack({ providers: fetched('clouds.yaml'), launcher: { reloader } })), 'Deployment').metadata.annotations;

  test('has its annotation where it is asked for, with the Secret that somebody else fills', () => {
    expect(reloaded(true)).toMatchObject({ 'secret.reloader.stakater.com/reload': 'nodepool-providers-secrets' });
  });

  test('has none otherwise', () => {
    expect(JSON.stringify(reloaded() ?? {})).not.toContain('reloader');
  });
});

describe('all of them together', () => {
  const all = (instanceName: string, app = new App()) => objects(stack({
    instanceName,
    providers: fetched('clouds.yaml'),
    imagePull: fetched('.dockerconfigjson'),
    corporateCa: CorporateCa.fromSecret(fetched('ca.crt'), ['ca.crt']),
    zookeeper: zookeeper(fetched(...Object.keys(TLS))),
    builder: { enabled: true, sshKey: fetched('priv', 'pub') },
  }, app, instanceName));

  test('two stacks fit in one namespace', () => {
    const app = new App();
    const names = ['one', 'two'].flatMap(instance => all(instance, app)).map(object => `${object.kind} ${object.metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('the longest instance name makes names that fit, and every rule is kept', () => {
    expectGoodManifests(all('x'.repeat(32)), { customKinds: ['external-secrets.io/v1/ExternalSecret'] });
  });

  test('two synths give the same', () => {
    expect(all('one')).toEqual(all('one'));
  });
});
