import { rootCertificates } from 'node:tls';
import { Duration, Size } from 'cdk8s';
import { Cpu, EnvValue, Volume } from 'cdk8s-plus-27';
import {
  ConfigRepository, ContainerImage, CorporateCa, NodepoolBuilder, NodepoolLauncher, NodepoolStackProps, Platform, SecretSource,
} from '../../src';
import { checksums, container, environment, errorOf, images, mounts, named, objects, option, pod, stack, staticNodes, testChart, zookeeper } from '../fixtures';
import { expectGoodManifests, expectNoSecretValues, only, parseManifests, synthYaml } from '../manifests';

const URL = 'https://git.example.com/config.git';

const fromGit = (repository: Partial<ConfigRepository> = {}, props: Partial<NodepoolStackProps> = {}) =>
  stack({ config: undefined, builder: { enabled: true }, ...props, configRepository: { url: URL, ...repository } });
const refusal = (repository: Partial<ConfigRepository>, props: Partial<NodepoolStackProps> = {}) => errorOf(() => fromGit(repository, props));
const fetchOf = (chart: ReturnType<typeof fromGit>) => container(pod(chart), 'config-fetch');
const KEY = SecretSource.existing('deploy-key');

describe('the pods', () => {
  test.each([['launcher', 'Deployment', 'launcher'], ['builder', 'StatefulSet', 'nodepool-builder']] as const)(
    'of the %s fetch and check a first version before it starts, and go on beside it', (_, kind, main) => {
      const { spec } = pod(fromGit(), kind);
      expect(spec.initContainers.map((each: any) => each.name).filter((name: string) => name.startsWith('config'))).toEqual(['config-first-fetch', 'config-first-check']);
      expect(spec.containers.map((each: any) => each.name)).toEqual(expect.arrayContaining([main, 'config-fetch', 'config-check']));
    });

  test('start without a good file, and the service waits for one: an init container that failed would not fetch again', () => {
    const template = pod(fromGit());
    expect(container(template, 'config-first-check').command).toContain('--go-on');
    expect(option(container(template, 'launcher').command, '--wait-for')).toEqual(['/etc/nodepool/nodepool.yaml']);
    expect(container(template, 'launcher').startupProbe.failureThreshold * 5).toBe(24 * 3600);
  });

  test('have the same command in both, but for --once', () => {
    const template = pod(fromGit());
    for (const what of ['fetch', 'check']) {
      const [first, later] = [`config-first-${what}`, `config-${what}`].map(name => container(template, name).command);
      expect(first.filter((word: string) => !['--once', '--go-on'].includes(word))).toEqual(later);
      expect(first).toContain('--once');
    }
  });

  test('have nodepool.yaml where nobody but the check writes it', () => {
    const template = pod(fromGit());
    expect(named(template.spec.volumes, 'config').emptyDir).toEqual({ sizeLimit: '64Mi' });
    expect(container(template, 'launcher').volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/nodepool', readOnly: true });
    expect(container(template, 'config-check').volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/nodepool' });
    expect(Object.values(mounts(container(template, 'config-fetch')))).not.toContain('config');
  });

  test('check with the image, environment and mounts of the service, the user\'s too', () => {
    const chart = fromGit({}, {
      providers: SecretSource.existing('clouds'),
      launcher: {
        env: { NODEPOOL_PASSWORD: EnvValue.fromValue('x') },
        volumes: [{ path: '/etc/azure', volume: Volume.fromEmptyDir(testChart(), 'More', 'azure') }],
        image: ContainerImage.parse('registry.example.com/nodepool:1'),
      },
    });
    const [main, check] = ['launcher', 'config-check'].map(name => container(pod(chart), name));
    expect(check.image).toBe('registry.example.com/nodepool:1');
    expect(environment(check)).toEqual(environment(main));
    expect(environment(check)).toMatchObject({ NODEPOOL_PASSWORD: 'x', OS_CLIENT_CONFIG_FILE: '/etc/nodepool-providers/clouds.yaml' });
    expect(mounts(check)).toMatchObject({ '/etc/azure': 'azure', '/etc/nodepool-providers': 'providers', '/etc/nodepool-fetched': 'config-fetched' });
    expect(container(pod(chart), 'config-first-check').volumeMounts).toEqual(check.volumeMounts);
  });

  test('fetch without anything of the service', () => {
    const fetch = container(pod(fromGit({}, { providers: SecretSource.existing('clouds') })), 'config-fetch');
    expect(mounts(fetch)).toEqual({ '/etc/nodepool-scripts': 'scripts', '/etc/nodepool-fetched': 'config-fetched', '/tmp': 'config-fetch-tmp' });
    expect(fetch.env).toBeUndefined();
  });

  test('have the scripts', () => {
    const scripts = Object.keys(only(objects(fromGit()), 'ConfigMap', 'nodepool-launcher-scripts').data);
    expect(scripts).toEqual(expect.arrayContaining(['git_fetch.sh', 'config_check.py', 'config_merge.py', 'config_verdict.py']));
    expect(Object.keys(only(objects(stack()), 'ConfigMap', 'nodepool-launcher-scripts').data)).not.toContain('git_fetch.sh');
  });

  test('restart Nodepool for what it reads at its start alone', () => {
    expect(option(container(pod(fromGit()), 'launcher').command, '--watch')).toEqual(['/etc/nodepool/start-only']);
    expect(option(container(pod(fromGit()), 'config-check').command, '--start-key')).toEqual(['zookeeper-timeout']);
  });

  test.each([Platform.KUBERNETES, Platform.OPENSHIFT])('keep every rule on %s', platform => {
    const chart = fromGit({ credentials: KEY, url: 'git@git.example.com:config.git', ca: CorporateCa.fromConfigMapName('ca') }, { platform });
    expectGoodManifests(objects(chart), {
      external: ['zookeeper-client-tls', 'nodepool-builder-ssh-key', 'deploy-key'].map(name => ({ kind: 'Secret', name })).concat({ kind: 'ConfigMap', name: 'ca' }),
    });
  });

  test('come out the same twice', () => {
    expect(synthYaml(fromGit({ credentials: KEY, url: 'ssh://git@git.example.com/c' }))).toBe(synthYaml(fromGit({ credentials: KEY, url: 'ssh://git@git.example.com/c' })));
  });
});

describe('the settings of the deployment', () => {
  const base = (chart: ReturnType<typeof fromGit>, service: string) => parseManifests(only(objects(chart), 'ConfigMap', `${service}-config`).data['base.yaml'])[0] as any;

  test('are what the fetched file is joined with', () => {
    expect(base(fromGit(), 'nodepool-launcher')).toEqual({
      'zookeeper-servers': [{ host: 'zk.example.com', port: 2281 }],
      'zookeeper-tls': { ca: '/tls/client/ca.crt', cert: '/tls/client/tls.crt', key: '/tls/client/tls.key' },
      'webapp': { port: 8006, listen_address: '0.0.0.0' },
    });
    expect(base(fromGit(), 'nodepool-builder')).toMatchObject({ 'images-dir': '/var/lib/nodepool/dib', 'build-log-dir': '/var/lib/nodepool/builds/logs' });
    expect(Object.keys(only(objects(fromGit()), 'ConfigMap', 'nodepool-launcher-config').data)).toEqual(['base.yaml']);
  });

  test('may not be in the fetched file: their keys and props go to the check', () => {
    expect(option(container(pod(fromGit()), 'config-check').command, '--base-key')).toEqual([
      'zookeeper-servers=zookeeper', 'zookeeper-tls=zookeeper', 'webapp=launcher.webapp', 'images-dir=builder.imagesDir',
      'build-log-dir=builder.buildLogDir', 'build-log-retention=builder.buildLogRetention', 'elements-dir=builder.elementsDir',
    ]);
  });

  test('roll the pods over when Nodepool reads them at its start alone', () => {
    const annotation = (chart: ReturnType<typeof fromGit>) => checksums(pod(chart))['checksum.cdk8s-nodepool/nodepool-start'];
    expect(annotation(fromGit())).toBe(annotation(fromGit({ ref: 'other' })));
    expect(annotation(fromGit())).not.toBe(annotation(fromGit({}, { launcher: { webapp: { port: 8007 } } })));
  });
});

describe('every prop', () => {
  const props: Required<ConfigRepository> = {
    url: URL,
    ref: 'production',
    path: 'np/launcher.yaml',
    builderPath: 'np/builder.yaml',
    interval: Duration.seconds(30),
    credentials: SecretSource.existing('token'),
    ca: CorporateCa.fromConfigMapName('git-ca'),
    insecureTransport: false,
    image: ContainerImage.parse('registry.example.com/git:2.52'),
    resources: { cpu: { request: Cpu.millis(20) }, memory: { limit: Size.mebibytes(512) } },
  };
  const chart = fromGit(props, { builder: {} });
  const fetch = fetchOf(chart);
  const builds = container(pod(chart, 'StatefulSet'), 'config-fetch');
  test.each<[string, unknown, unknown]>([
    ['url', option(fetch.command, '--url'), [URL]],
    ['ref', option(fetch.command, '--ref'), ['production']],
    ['path', [fetch, container(pod(chart), 'config-check')].map(each => [...option(each.command, '--file'), ...option(each.command, '--name')]), [['np/launcher.yaml'], ['np/launcher.yaml']]],
    ['builderPath', option(builds.command, '--file'), ['np/builder.yaml']],
    ['interval', option(fetch.command, '--interval'), ['30']],
    ['credentials', [...option(fetch.command, '--password'), ...option(fetch.command, '--username')], ['/etc/nodepool-config-credentials/password', '/etc/nodepool-config-credentials/username']],
    ['the keys of credentials', named(pod(chart).spec.volumes, 'config-credentials').secret, {
      secretName: 'token', defaultMode: 0o440, items: [{ key: 'username', path: 'username' }, { key: 'password', path: 'password' }],
    }],
    ['ca', [option(fetch.command, '--ca'), mounts(fetch)['/etc/nodepool-config-ca'], named(pod(chart).spec.volumes, 'config-ca').configMap.name], [['/etc/nodepool-config-ca'], 'config-ca', 'git-ca']],
    ['image', fetch.image, 'registry.example.com/git:2.52'],
    ['resources', fetch.resources, { requests: { cpu: '20m', memory: '32Mi' }, limits: { cpu: '500m', memory: '512Mi' } }],
  ])('%s', (_, found, expected) => expect(found).toEqual(expected));

  test('insecureTransport', () => {
    expect(option(fetchOf(fromGit({ url: 'http://git.git.svc/config', insecureTransport: true })).command, '--url')).toEqual(['http://git.git.svc/config']);
  });

  test('the defaults', () => {
    const { command, image } = fetchOf(fromGit());
    expect([image, ...['--ref', '--file', '--interval'].flatMap(name => option(command, name))]).toEqual([
      'docker.io/alpine/git:v2.49.1', 'HEAD', 'nodepool/nodepool.yaml', '60',
    ]);
    expect(option(container(pod(fromGit({ path: 'x.yaml' }), 'StatefulSet'), 'config-fetch').command, '--file')).toEqual(['x.yaml']);
  });

  test('the mirror has the image too', () => {
    expect(fetchOf(fromGit({}, { podDefaults: { registryMirror: 'mirror.example.com' } })).image).toBe('mirror.example.com/alpine/git:v2.49.1');
  });
});

describe('credentials', () => {
  test('of ssh are a key, the known hosts, and a user that ssh knows', () => {
    const chart = fromGit({ url: 'ssh://git@git.example.com:2222/config', credentials: KEY });
    for (const kind of ['Deployment', 'StatefulSet'] as const) {
      const template = pod(chart, kind);
      const fetch = container(template, 'config-first-fetch');
      expect([...option(fetch.command, '--ssh-key'), ...option(fetch.command, '--known-hosts')])
        .toEqual(['/etc/nodepool-config-credentials/identity', '/etc/nodepool-config-credentials/known_hosts']);
      expect(fetch.volumeMounts).toContainEqual({ name: 'passwd', mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true });
      expect(template.spec.initContainers[0].name).toBe('prepare');
      expect(option(template.spec.initContainers[0].command, '--passwd-out')).toEqual(['/etc/nodepool-passwd/passwd']);
      expect(named(template.spec.volumes, 'config-credentials').secret.items.map((item: any) => item.key)).toEqual(['identity', 'known_hosts']);
    }
  });

  test('are one Secret for launcher and builder, and nowhere a value of it', () => {
    const chart = fromGit({ credentials: SecretSource.plainTextInGit({ username: 'robot', password: 'a-very-secret-word' }) }, { instanceName: 'blue' });
    expect(only(objects(chart), 'Secret').metadata.name).toBe('blue-config-repository');
    expect(chart.configRepositorySecret!.name).toBe('blue-config-repository');
    expectNoSecretValues(JSON.stringify(objects(chart).filter(object => object.kind !== 'Secret')), ['a-very-secret-word']);
  });

  test('are one Secret for parts without a stack', () => {
    const chart = testChart();
    const configRepository = { url: URL, credentials: SecretSource.plainTextInGit({ username: 'x', password: 'x' }) };
    new NodepoolLauncher(chart, 'Launcher', { configRepository, zookeeper: zookeeper() });
    new NodepoolBuilder(chart, 'Builder', { configRepository, zookeeper: zookeeper() });
    expect(only(objects(chart), 'Secret').metadata.name).toBe('nodepool-config-repository');
  });

  test('the company\'s certificates are trusted where there are no others', () => {
    const fetch = fetchOf(fromGit({}, { corporateCa: CorporateCa.fromConfigMapName('corporate') }));
    expect(mounts(fetch)['/etc/nodepool-config-ca']).toBe('corporate-ca');
  });

  test('certificates in a Secret are mounted without its other keys', () => {
    const chart = fromGit({ ca: CorporateCa.fromSecret(SecretSource.existing('git-ca'), ['ca.crt']) });
    expect(named(pod(chart).spec.volumes, 'config-ca').secret).toEqual({ secretName: 'git-ca', defaultMode: 0o440, items: [{ key: 'ca.crt', path: 'ca.crt' }] });
  });

  test('certificates as text get a ConfigMap, beside that of the company', () => {
    const chart = fromGit({ ca: CorporateCa.fromPem(rootCertificates[0]) }, { corporateCa: CorporateCa.fromPem(rootCertificates[0]) });
    const names = objects(chart).filter(object => object.kind === 'ConfigMap').map(object => object.metadata.name);
    expect(names).toEqual(expect.arrayContaining(['nodepool-launcher-corporate-ca', 'nodepool-launcher-config-corporate-ca', 'nodepool-builder-config-corporate-ca']));
  });

  test.each<[string, Partial<ConfigRepository>, string]>([
    ['a switch that is a text', { url: 'http://git/c', insecureTransport: 'false' as any }, "'configRepository.insecureTransport' must be true or false, got \"false\""],
    ['credentials in clear', { url: 'http://git/c', insecureTransport: true, credentials: KEY }, "'configRepository.credentials' would be sent in clear over http://"],
    ['ssh without a key', { url: 'ssh://git@git.example.com/c' }, "'configRepository.credentials' is missing, and ssh lets nobody in without"],
    ['ssh without known hosts', { url: 'git@git.example.com:c', credentials: SecretSource.plainTextInGit({ identity: 'x' }) }, "'configRepository.credentials' needs the keys \"identity\" and \"known_hosts\""],
    ['https without a password', { credentials: SecretSource.plainTextInGit({ identity: 'x', known_hosts: 'y' }) }, "'configRepository.credentials' needs the keys \"username\" and \"password\""],
    ['no source', { credentials: 'token' as any }, "'configRepository.credentials' must be a SecretSource"],
  ])('fails for %s', (_, repository, message) => expect(refusal(repository)).toContain(message));

  test('fails when launcher and builder of an instance have two', () => {
    const chart = testChart();
    const configRepository = () => ({ url: URL, credentials: SecretSource.plainTextInGit({ username: 'x', password: 'x' }) });
    new NodepoolLauncher(chart, 'Launcher', { configRepository: configRepository(), zookeeper: zookeeper() });
    expect(() => new NodepoolBuilder(chart, 'Builder', { configRepository: configRepository(), zookeeper: zookeeper() }))
      .toThrow("[ci/Builder] 'configRepository.credentials' would make the Secret \"nodepool-config-repository\" a second time");
  });
});

describe('what is refused', () => {
  test.each<[string, unknown, string]>([
    ['an address without a scheme', 'git.example.com/config', 'must be the URL of a Git repository'],
    ['a path of the machine', 'file:///srv/config', 'must be the URL of a Git repository'],
    ['an option', '--upload-pack=x', 'must be the URL of a Git repository'],
    ['a query', 'https://git.example.com/c?private_token=abc', 'must be the URL of a Git repository'],
    ['no text', 5, 'got a value of type number'],
    ['plain http', 'http://git.example.com/c', 'for a server in the same cluster set insecureTransport: true'],
    ['git://', 'git://git.example.com/c', 'anybody between could change'],
  ])('fails for %s as url', (_, url, message) => expect(refusal({ url: url as string })).toContain(message));

  test.each(['https://robot:pass-word@git.example.com/c', 'https://pass-word@git.example.com/c', 'ssh://git:pass-word@git.example.com/c', 'htps://a:pass-word@h/c', 'a:pass-word@h'])(
    'fails for a password in the url, without showing it (%#)', url => {
      expect(refusal({ url })).toMatch(/'configRepository.url' (holds a user's name or password|must be the URL)/);
      expect(refusal({ url })).not.toContain('pass-word');
    });

  test.each(['-x', 'a..b', 'a:b', 'refs/heads/', '+main', 'a b', ''])('fails for "%s" as ref', ref => expect(refusal({ ref })).toContain("'configRepository.ref' must be the name of a branch"));
  test.each(['/etc/nodepool.yaml', '../x', 'a//b', '', './a', '-x'])('fails for "%s" as path', path => {
    expect(refusal({ path })).toContain("'configRepository.path' must be the path of a file in the repository");
    expect(refusal({ builderPath: path })).toContain("'configRepository.builderPath' must be");
  });

  test('fails for everything that is wrong at once', () => {
    const message = refusal({ interval: Duration.seconds(1), ca: 'x' as any, image: 'git:1' as any, branch: 'x' } as any);
    expect(message).toContain("'configRepository.branch' is unknown");
    const next = refusal({ interval: Duration.seconds(1), ca: 'x' as any, image: 'git:1' as any });
    for (const part of ["interval' must be a Duration of 5 seconds", "ca' must be a CorporateCa", "image' must be a ContainerImage"]) { expect(next).toContain(`'configRepository.${part}`); }
  });

  test('fails for both, and for none', () => {
    expect(refusal({}, { config: staticNodes() })).toContain("[ci] 'config' and 'configRepository' are both given");
    expect(errorOf(() => stack({ config: undefined }))).toContain("'config' must be a NodepoolConfig");
    expect(refusal({}, { builderConfig: images() })).toContain("'builderConfig' and 'configRepository' are both given");
  });
});

describe('what only the pods know', () => {
  test('fails unless it is said whether there are diskimages to build', () => {
    expect(refusal({}, { builder: undefined })).toContain("'builder.enabled' must be said with 'configRepository'");
    expect(fromGit({}, { builder: { enabled: false } }).builder).toBeUndefined();
    expect(fromGit({ builderPath: 'b.yaml' }, { builder: undefined }).builder).toBeDefined();
  });

  test('the builder may build as long as Nodepool itself allows, and the check knows how long', () => {
    const template = pod(fromGit(), 'StatefulSet');
    expect(template.spec.terminationGracePeriodSeconds).toBe(8 * 3600 + 300);
    expect(option(container(template, 'config-check').command, '--longest-build')).toEqual(['28800']);
    const longer = pod(fromGit({}, { builder: { enabled: true, terminationGracePeriod: Duration.hours(12) } }), 'StatefulSet');
    expect(option(container(longer, 'config-check').command, '--longest-build')).toEqual([String(12 * 3600 - 300)]);
    expect(option(container(pod(fromGit()), 'config-check').command, '--longest-build')).toEqual([]);
  });

  test('the builder may connect to the repository, where a policy says what it may', () => {
    const ports = (url: string) => only(objects(fromGit({ url, insecureTransport: true, credentials: url.startsWith('git@') ? KEY : undefined },
      { builder: { enabled: true, networkPolicy: {} } })), 'NetworkPolicy').spec.egress.flatMap((rule: any) => rule.ports.map((each: any) => each.port));
    for (const [url, port] of [[URL, 443], ['git@git.example.com:c', 22], ['http://git/c', 80], ['git://git:9419/c', 9419]] as const) { expect(ports(url)).toContain(port); }
  });

  test('contexts and clouds are not compared at synth', () => {
    expect(() => synthYaml(fromGit({}, { providers: SecretSource.existing('clouds', { clouds: ['one'] }) }))).not.toThrow();
  });
});
