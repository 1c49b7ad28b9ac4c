import { Duration } from 'cdk8s';
import { Zookeeper, ZookeeperCertManagerOptions, ZookeeperExistingTlsOptions, ZookeeperProps, ZookeeperTls } from '../../src';
import { container, errorOf, launcher, mounts, named, nodepoolYaml, objects, option, pod, testChart } from '../fixtures';
import { expectGoodManifests, only, synthYaml } from '../manifests';

function ensemble(tls: ZookeeperTls, props: ZookeeperProps = {}) {
  const chart = testChart();
  return { chart, zookeeper: new Zookeeper(chart, 'Zookeeper', { tls, ...props }) };
}

const certificate = (options: ZookeeperCertManagerOptions, name: string) =>
  only(objects(ensemble(ZookeeperTls.certManager(options), { clients: [{ name: 'zuul' }] }).chart), 'Certificate', `nodepool-zookeeper-${name}`).spec;

describe('cert-manager', () => {
  test('every option has its effect', () => {
    const options: Required<ZookeeperCertManagerOptions> = {
      generations: ['1', '2'], issuing: '2', duration: Duration.days(30), renewBefore: Duration.days(7), caDuration: Duration.days(365),
    };
    expect(certificate(options, 'server-tls')).toMatchObject({
      duration: '720h0m0s', renewBefore: '168h0m0s', issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: 'nodepool-zookeeper-client-ca-2' },
    });
    expect(certificate(options, 'client-ca-1')).toMatchObject({ duration: '8760h0m0s', renewBefore: '1752h0m0s' });
  });

  test('an authority keeps its key, is kept, and issues what ZooKeeper reads', () => {
    const all = objects(ensemble(ZookeeperTls.certManager()).chart);
    for (const kind of ['client', 'quorum']) {
      const { metadata, spec } = only(all, 'Certificate', `nodepool-zookeeper-${kind}-ca-1`);
      expect(spec.privateKey).toEqual({ algorithm: 'ECDSA', size: 256, encoding: 'PKCS8', rotationPolicy: 'Never' });
      expect(spec).toMatchObject({ isCA: true, commonName: `nodepool-zookeeper-${kind}-ca-1`, duration: '87600h0m0s' });
      expect(metadata.annotations!['argocd.argoproj.io/sync-options']).toBe('Prune=false,Delete=false');
    }
    expect(certificate({}, 'server-tls').privateKey).toMatchObject({ encoding: 'PKCS8', rotationPolicy: 'Always' });
  });

  test('the members\' certificates name every member that there may be', () => {
    const names: string[] = certificate({}, 'server-tls').dnsNames;
    for (const member of [0, 1, 2, 3, 4].map(ordinal => `nodepool-zookeeper-${ordinal}`)) {
      const headless = `${member}.nodepool-zookeeper-headless`;
      expect(names).toEqual(expect.arrayContaining([member, headless].flatMap(each => [each, `${each}.ci`, `${each}.ci.svc`, `${each}.ci.svc.cluster.local`])));
    }
    expect(names).toEqual(expect.arrayContaining(['nodepool-zookeeper', 'nodepool-zookeeper.ci.svc', 'localhost']));
    expect(certificate({}, 'quorum-tls').dnsNames).toEqual(names);
  });

  test('growing issues no other certificate', () => {
    const of = (members: number) => objects(ensemble(ZookeeperTls.certManager(), { members }).chart).filter(object => object.kind === 'Certificate');
    expect(of(1)).toEqual(of(5));
  });

  test('members are servers and clients, clients are clients alone', () => {
    expect(certificate({}, 'quorum-tls').usages).toEqual(['digital signature', 'key encipherment', 'server auth', 'client auth']);
    expect(certificate({}, 'client-tls').usages).toEqual(['digital signature', 'key encipherment', 'client auth']);
    expect(certificate({}, 'zuul-tls')).toMatchObject({ secretName: 'nodepool-zookeeper-zuul-tls', commonName: 'nodepool-zookeeper-zuul' });
  });

  test('the names of further Secrets are told', () => {
    expect(ensemble(ZookeeperTls.certManager(), { clients: [{ name: 'zuul' }] }).zookeeper.clientTlsSecretNames).toEqual({ zuul: 'nodepool-zookeeper-zuul-tls' });
  });

  test.each<[string, ZookeeperCertManagerOptions, string]>([
    ['a generation is no name', { generations: ['A'] }, "'generations' must be names of 1 to 8 of a-z and 0-9, got \"A\""],
    ['a generation is there twice', { generations: ['1', '1'] }, "'generations' has \"1\" twice"],
    ['there is no generation', { generations: [] }, "'generations' must be a list of at least one name"],
    ['the issuing one is not trusted', { generations: ['1'], issuing: '2' }, "'issuing' must be one of 'generations' (\"1\")"],
    ['certificates are too short', { duration: Duration.minutes(30) }, "'duration' must be at least an hour"],
    ['they are renewed before they are there', { duration: Duration.hours(2), renewBefore: Duration.hours(2) }, "'renewBefore' must be at least 5 minutes and less"],
    ['they outlive their authority', { caDuration: Duration.days(90) }, "'caDuration' must be more than 'duration' (7776000 seconds), got 7776000 seconds"],
    ['clients would learn of a new authority too late', { caDuration: Duration.days(230) },
      "'caDuration' must be at least 25923000 seconds with this 'duration' and 'renewBefore', since clients learn"],
    ['a duration is a number', { duration: 90 as any }, "'duration' must be a Duration"],
    ['an option is misspelt', { generation: ['1'] } as any, "'generation' is unknown; did you mean 'generations'?"],
  ])('fails when %s', (_, options, message) => {
    expect(() => ZookeeperTls.certManager(options)).toThrow(`ZookeeperTls.certManager: ${message}`);
  });
});

describe('while authorities are renewed', () => {
  const seconds = (text: string) => {
    const [, hours, minutes, rest] = /^(\d+)h(\d+)m(\d+)s$/.exec(text)!.map(Number);
    return hours * 3600 + minutes * 60 + rest;
  };

  /** For how long, at most, a client still has the authority's certificate that is valid in `ca.crt`: below zero it trusts nobody. */
  const margin = (options: ZookeeperCertManagerOptions) => {
    const [authority, own] = ['client-ca-1', 'zuul-tls'].map(name => certificate(options, name))
      .map(({ duration, renewBefore }) => ({ valid: seconds(duration), every: seconds(duration) - seconds(renewBefore) }));
    let least = Infinity;
    // its own is renewed at `time`: until the next renewal it has the authority's certificate of now.
    for (let time = 0; time < 20 * authority.valid; time += own.every) {
      const authorityEnds = Math.floor(time / authority.every) * authority.every + authority.valid;
      least = Math.min(least, authorityEnds - (time + own.every));
    }
    return least;
  };

  const days = Duration.days;
  test.each<[string, ZookeeperCertManagerOptions]>([
    ['by default', {}],
    ['with short certificates', { duration: Duration.hours(1), renewBefore: Duration.minutes(5), caDuration: Duration.minutes(325) }],
    ['with the shortest authority', { caDuration: Duration.seconds(25923000) }],
    ['with long certificates', { duration: days(365), renewBefore: days(5), caDuration: days(1801) }],
    ['with certificates that are renewed soon', { duration: days(90), renewBefore: days(89), caDuration: days(91) }],
  ])('clients trust one that is valid, %s', (_, options) => {
    expect(margin(options)).toBeGreaterThanOrEqual(600);
  });

  test.each<[ZookeeperCertManagerOptions]>([
    [{ caDuration: Duration.seconds(25923000 - 1) }],
    [{ duration: Duration.hours(1), renewBefore: Duration.minutes(5), caDuration: Duration.seconds(325 * 60 - 1) }],
    [{ duration: days(90), renewBefore: Duration.minutes(5), caDuration: days(365) }],
    [{ duration: days(365), renewBefore: days(5), caDuration: days(800) }],
  ])('fails where they may have one that has ended: %p', options => {
    expect(() => ZookeeperTls.certManager(options)).toThrow("ZookeeperTls.certManager: 'caDuration' must be at least");
  });
});

describe('generations', () => {
  const step = (options: ZookeeperCertManagerOptions) => {
    const { chart, zookeeper } = ensemble(ZookeeperTls.certManager(options));
    launcher({ zookeeper }, chart);
    const all = objects(chart);
    const volume = (name: string) => named(only(all, 'StatefulSet').spec.template.spec.volumes, name).projected.sources.map((source: any) => source.secret.name);
    return { chart, trust: volume('client-trust'), quorum: volume('quorum-trust'), issuer: only(all, 'Certificate', 'nodepool-zookeeper-client-tls').spec.issuerRef.name };
  };

  test('a second one is trusted first, and issues nothing', () => {
    expect(step({ generations: ['1', '2'] })).toMatchObject({
      trust: ['nodepool-zookeeper-client-ca-1', 'nodepool-zookeeper-client-ca-2'],
      quorum: ['nodepool-zookeeper-quorum-ca-1', 'nodepool-zookeeper-quorum-ca-2'],
      issuer: 'nodepool-zookeeper-client-ca-1',
    });
  });

  test('then it issues, and the first one is still trusted', () => {
    expect(step({ generations: ['1', '2'], issuing: '2' })).toMatchObject({ issuer: 'nodepool-zookeeper-client-ca-2', trust: { length: 2 } });
  });

  test('to switch the issuer replaces no pod', () => {
    const template = (options: ZookeeperCertManagerOptions) => only(objects(step(options).chart), 'StatefulSet').spec.template;
    expect(template({ generations: ['1', '2'], issuing: '2' })).toEqual(template({ generations: ['1', '2'] }));
  });

  test('at last the first one is trusted no more', () => {
    expect(step({ generations: ['2'] })).toMatchObject({ trust: ['nodepool-zookeeper-client-ca-2'], issuer: 'nodepool-zookeeper-client-ca-2' });
  });

  test('Nodepool trusts both in the meantime, by one file', () => {
    const { chart } = step({ generations: ['1', '2'] });
    const template = pod(chart);
    expect(nodepoolYaml(chart)['zookeeper-tls']).toEqual({ ca: '/tls/trust/ca.crt', cert: '/tls/client/tls.crt', key: '/tls/client/tls.key' });
    expect(container(template, 'zookeeper-trust').command).toEqual(['python3', '/etc/nodepool-scripts/join_trust.py', '/tls/authorities', '/tls/trust/ca.crt']);
    expect(mounts(container(template, 'launcher'))['/tls/trust']).toBe('zookeeper-trust');
    expect(named(template.spec.volumes, 'zookeeper-authorities').projected.sources.map((source: any) => source.secret.items[0].key)).toEqual(['tls.crt', 'tls.crt']);
    expectGoodManifests(synthYaml(chart), { customKinds: ['cert-manager.io/v1/Certificate', 'cert-manager.io/v1/Issuer'] });
  });

  test('with one of them Nodepool reads the file of its own Secret', () => {
    const { chart } = step({ generations: ['2'] });
    expect(nodepoolYaml(chart)['zookeeper-tls'].ca).toBe('/tls/client/ca.crt');
    expect(only(objects(chart), 'ConfigMap', 'nodepool-launcher-scripts').data).not.toHaveProperty('join_trust.py');
  });

  test('another path of the ensemble trusts both too', () => {
    const { chart, zookeeper } = ensemble(ZookeeperTls.certManager({ generations: ['1', '2'] }));
    launcher({ zookeeper: zookeeper.under('/other') }, chart);
    expect(nodepoolYaml(chart)['zookeeper-tls'].ca).toBe('/tls/trust/ca.crt');
  });
});

describe('existing Secrets', () => {
  const secrets: Required<ZookeeperExistingTlsOptions> = { serverSecret: 'zk-server', quorumSecret: 'zk-quorum', clientSecret: 'zk-client' };

  test('are mounted, and nothing is made', () => {
    const { chart, zookeeper } = ensemble(ZookeeperTls.existing(secrets));
    const all = objects(chart);
    expect(all.filter(object => object.apiVersion.startsWith('cert-manager'))).toEqual([]);
    expect(zookeeper.tlsSecretName).toBe('zk-client');
    const { volumes } = only(all, 'StatefulSet').spec.template.spec;
    expect(['server-tls', 'quorum-tls'].map(name => named(volumes, name).secret.secretName)).toEqual(['zk-server', 'zk-quorum']);
    expect(['client-trust', 'quorum-trust'].map(name => named(volumes, name).projected.sources)).toEqual(['zk-server', 'zk-quorum'].map(name =>
      [{ secret: { name, items: [{ key: 'ca.crt', path: 'ca.crt' }] } }]));
    expectGoodManifests(synthYaml(chart), {
      external: ['zk-server', 'zk-quorum'].map(name => ({ kind: 'Secret', name, keys: ['ca.crt', 'tls.crt', 'tls.key'] })),
    });
  });

  test('fails when the quorum has the Secret of another', () => {
    expect(() => ZookeeperTls.existing({ ...secrets, quorumSecret: 'zk-server' })).toThrow("ZookeeperTls.existing: 'quorumSecret' must be a Secret of its own");
  });

  test('fails with every Secret that is missing', () => {
    expect(errorOf(() => ZookeeperTls.existing({} as any)).split('\n')).toHaveLength(3);
    expect(() => ZookeeperTls.existing(undefined as any)).toThrow("'serverSecret' is missing");
  });

  test('fails when a Secret has no name', () => {
    expect(() => ensemble(ZookeeperTls.existing({ ...secrets, clientSecret: 'No_Name' }))).toThrow("[ci/Zookeeper] 'tls.clientSecret' must be a Secret's name");
  });

  test('fails when clients are to be made', () => {
    expect(() => ensemble(ZookeeperTls.existing(secrets), { clients: [{ name: 'zuul' }] })).toThrow("'clients' are made by cert-manager alone");
  });
});

test('the certificates are followed beside the member', () => {
  const template = only(objects(ensemble(ZookeeperTls.certManager()).chart), 'StatefulSet').spec.template;
  expect(container(template, 'prepare-certificates').command).toContain('once');
  expect(container(template, 'certificates').command).toContain('follow');
  expect(option(container(template, 'certificates').command, 'follow')).toEqual(['/etc/zookeeper-tls']);
});
