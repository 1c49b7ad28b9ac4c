import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Size, Testing, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { checksums, errorOf, images, objects, option, pod, privateKey, randomSecret, stack, staticNodes, zookeeper } from './fixtures';
import { checkManifests, expectGoodManifests, expectNoSecretValues, only, synthYaml } from './manifests';
import { CorporateCa, LogLevel, NodepoolConfig, NodepoolStack, NodepoolStackProps, Platform, SecretSource, ZookeeperSource, ZookeeperTls } from '../src';

/** A stack with all that may make objects. */
function everything(props: Partial<NodepoolStackProps> = {}): Partial<NodepoolStackProps> {
  return {
    builderConfig: images(),
    providers: SecretSource.existing('clouds'),
    zookeeper: ZookeeperSource.managed({
      tls: ZookeeperTls.certManager({ generations: ['1', '2'] }),
      clients: [{ name: 'zuul' }],
      storage: { expandTo: Size.gibibytes(20) },
      logStorage: {},
      backup: {},
    }),
    openshiftPods: [{ namespace: 'jobs', resourceQuota: { pods: '20' }, networkPolicy: {} }],
    kubernetesDriver: {},
    openshiftDriver: {},
    corporateCa: CorporateCa.fromConfigMapName('corporate-ca-certs'),
    builder: { storage: { expandTo: Size.gibibytes(50) } },
    createNamespace: true,
    ...props,
  };
}

const customKinds = ['cert-manager.io/v1/Certificate', 'cert-manager.io/v1/Issuer'];

const EXTERNAL = [
  { kind: 'Secret', name: 'zookeeper-client-tls' }, { kind: 'Secret', name: 'clouds' }, { kind: 'ConfigMap', name: 'corporate-ca-certs' },
  { kind: 'Secret', name: 'nodepool-builder-ssh-key' }, { kind: 'ClusterRole', name: 'self-provisioner' },
];

describe('deterministic', () => {
  test('two synths of one process give the same text', () => {
    const chart = stack(everything());
    expect(synthYaml(chart)).toBe(synthYaml(chart));
    expect(synthYaml(stack(everything()))).toBe(synthYaml(chart));
  });

  const program = join(__dirname, 'synth-everything.ts');
  const run = (cwd: string, env: Record<string, string>) => {
    const root = join(__dirname, '..');
    const result = spawnSync(process.execPath, ['--require', require.resolve('tsx/cjs'), program], {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: join(root, 'tsconfig.dev.json'), ...env },
    });
    if (result.status !== 0) { throw new Error(result.stderr); }
    return result.stdout;
  };

  test('another directory, time zone and language give the same bytes', () => {
    const here = run(join(__dirname, '..'), { TZ: 'UTC', LANG: 'C' });
    expect(here).toContain('kind: Deployment');
    expect(run(tmpdir(), { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', HOME: '/nowhere', NODEPOOL_X: 'y' })).toBe(here);
  });
});

describe('names are API', () => {
  test('neither the id nor the nesting of the stack reaches the cluster', () => {
    const app = new App();
    const nested = new NodepoolStack(new Construct(app, 'Nest'), 'Other', { namespace: 'ci', config: staticNodes(), zookeeper: zookeeper(), ...everything() });
    expect(objects(nested)).toEqual(objects(stack(everything())));
  });

  test('two stacks fit in one namespace', () => {
    const app = new App();
    const all = ['one', 'two'].flatMap(instanceName => objects(stack({
      ...everything({ instanceName, createNamespace: false }),
      openshiftPods: [{ namespace: `${instanceName}-jobs` }],
    }, app, instanceName)));
    const keys = all.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('the Services of two stacks in one namespace select different pods', () => {
    const selectors = ['one', 'two'].map(instanceName => only(objects(stack({ instanceName })), 'Service').spec.selector);
    expect(selectors[0]).not.toEqual(selectors[1]);
  });

  test('the longest instance name makes names that fit', () => {
    const instanceName = 'x'.repeat(32);
    const external = [...EXTERNAL, { kind: 'Secret', name: `${instanceName}-builder-ssh-key` }];
    expectGoodManifests(synthYaml(stack(everything({ instanceName, openshiftPods: [{ namespace: 'j'.repeat(63) }] }))), { external, customKinds });
  });

  test('a namespace of job pods that is named like a driver takes no name of its account', () => {
    const all = objects(stack({ openshiftPods: [{ namespace: 'kubernetes' }], kubernetesDriver: {} }));
    expect(new Set(all.filter(object => object.kind === 'ServiceAccount').map(object => object.metadata.name)).size).toBe(2);
  });
});

describe('no secret in Git', () => {
  const secrets = [randomSecret(), randomSecret(), privateKey()];
  const source = () => SecretSource.plainTextInGit({ 'clouds.yaml': secrets[0], 'aws.config': secrets[1], 'key.pem': secrets[2] });

  test('what is given as plain text is in its Secret and nowhere else', () => {
    const all = objects(stack({ providers: source() }));
    expectNoSecretValues(Yaml.stringify(...all.filter(object => object.kind !== 'Secret')), secrets);
    expect(Buffer.from(only(all, 'Secret').data['clouds.yaml'], 'base64').toString()).toBe(secrets[0]);
  });

  test('errors about the same stack do not show it', () => {
    const message = errorOf(() => stack({
      providers: source(),
      builder: { enabled: true, sshKey: SecretSource.plainTextInGit({ 'priv': secrets[2], 'pub ': secrets[0] }) },
    }));
    expect(message).toContain('a key that no Secret can have, of 4 characters');
    expectNoSecretValues(message, secrets);
  });

  test('the digests in annotations do not depend on it', () => {
    const checks = (value: string) => checksums(pod(stack({ providers: SecretSource.plainTextInGit({ 'clouds.yaml': value }) })));
    expect(checks('a')).toEqual(checks('b'));
  });
});

describe('every rule of the manifests', () => {
  test.each([Platform.KUBERNETES, Platform.OPENSHIFT])('%s keeps it', platform => {
    expectGoodManifests(synthYaml(stack(everything({ platform }))), { external: EXTERNAL, platform, customKinds });
  });

  test('a plain launcher keeps it', () => {
    expectGoodManifests(synthYaml(stack()), { external: [{ kind: 'Secret', name: 'zookeeper-client-tls' }, { kind: 'Namespace', name: 'ci' }] });
  });

  test('nothing is empty or null', () => {
    const violations = checkManifests(objects(stack(everything())), { external: EXTERNAL, customKinds });
    expect(violations.filter(violation => violation.rule.startsWith('noise'))).toEqual([]);
  });

  test('every ConfigMap is safe from the substitution of Flux', () => {
    const maps = objects(stack(everything())).filter(object => object.kind === 'ConfigMap');
    expect(maps.filter(map => map.metadata.annotations?.['kustomize.toolkit.fluxcd.io/substitute'] !== 'disabled')).toEqual([]);
  });
});

describe('reload or restart', () => {
  const template = (props: Partial<NodepoolStackProps>) => pod(stack({ openshiftPods: [{ namespace: 'jobs' }], ...props }));
  const config = (more: string) => NodepoolConfig.fromString(`labels: [{name: small}]\n${more}`);

  test.each<[string, Partial<NodepoolStackProps>]>([
    ['the servers of ZooKeeper change', { zookeeper: ZookeeperSource.external({ servers: ['other'], tlsSecret: 'zookeeper-client-tls' }) }],
    ['the chroot of ZooKeeper changes', { zookeeper: ZookeeperSource.external({ servers: ['zk.example.com'], tlsSecret: 'zookeeper-client-tls', chroot: '/a' }) }],
    ['zookeeper-timeout changes', { config: config('zookeeper-timeout: 30.0') }],
    ['the status server changes', { launcher: { webapp: { port: 9006 } } }],
    ['the log level changes', { launcher: { logLevel: LogLevel.DEBUG } }],
    ['the kubeconfig changes', { openshiftPods: [{ namespace: 'jobs', server: 'https://api.example.com' }] }],
  ])('the pods are replaced when %s', (_, change) => {
    expect(checksums(template({ config: config(''), ...change }))).not.toEqual(checksums(template({ config: config('') })));
  });

  test.each<[string, string]>([
    ['labels', 'labels: [{name: small}, {name: large}]'],
    ['providers', 'labels: [{name: small}]\nproviders: [{name: a, driver: static, pools: []}]'],
    ['min-ready', 'labels: [{name: small, min-ready: 5}]'],
    ['max-hold-age', 'labels: [{name: small}]\nmax-hold-age: 60'],
  ])('nothing of the pods changes when %s change', (_, yaml) => {
    expect(template({ config: NodepoolConfig.fromString(yaml) })).toEqual(template({ config: config('') }));
  });

  test('the directories of what is read at the start are watched', () => {
    const { command } = template({ providers: SecretSource.existing('clouds') }).spec.containers.find((each: any) => each.name === 'launcher');
    expect(option(command, '--watch')).toEqual(['/etc/nodepool-cluster-access/nodepool-openshiftpods-jobs-token', '/etc/nodepool-providers', '/etc/openstack']);
  });

  test('a renewed certificate of ZooKeeper restarts nothing', () => {
    const { command } = template({}).spec.containers.find((each: any) => each.name === 'launcher');
    expect(option(command, '--watch')).not.toContain('/tls/client');
  });
});

test('a synth changes nothing that a second one would see', () => {
  const config = staticNodes();
  const chart = stack({ config, builder: { enabled: true } });
  Testing.synth(chart);
  config.addLabel({ name: 'later' });
  expect(synthYaml(chart).match(/name: later/g)).toHaveLength(2);
});
