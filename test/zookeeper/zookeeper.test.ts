import { App, ApiObject, Chart, Duration, JsonPatch, Size, Testing } from 'cdk8s';
import { Cpu, EnvValue } from 'cdk8s-plus-27';
import { ContainerImage, LogLevel, Platform, Zookeeper, ZookeeperProps, ZookeeperTls } from '../../src';
import { container, environment, mounts, named, objects, option, testChart } from '../fixtures';
import { expectGoodManifests, only, synthYaml } from '../manifests';

const CUSTOM = ['cert-manager.io/v1/Certificate', 'cert-manager.io/v1/Issuer'];

function ensemble(props: ZookeeperProps = {}, chart = testChart()) {
  const zookeeper = new Zookeeper(chart, 'Zookeeper', props);
  const all = () => objects(chart);
  return {
    chart,
    zookeeper,
    all,
    statefulSet: () => only(all(), 'StatefulSet'),
    zooCfg: () => zooCfgOf(only(all(), 'ConfigMap', `${props.instanceName ?? 'nodepool'}-zookeeper-config`).data['zoo.cfg']),
    main: () => container(only(all(), 'StatefulSet').spec.template, 'zookeeper'),
  };
}

function zooCfgOf(text: string): Record<string, string> {
  return Object.fromEntries(text.trimEnd().split('\n').map(line => line.split(/=(.*)/s).slice(0, 2)));
}

describe('with every prop', () => {
  const props: Required<ZookeeperProps> = {
    instanceName: 'blue',
    platform: Platform.KUBERNETES,
    members: 5,
    votingMembers: 3,
    newMembersVote: true,
    chroot: '/zuul',
    storage: { size: Size.gibibytes(20), expandTo: Size.gibibytes(40), storageClassName: 'fast', annotations: { 'example.com/backup': 'yes' } },
    logStorage: { size: Size.gibibytes(5), storageClassName: 'faster' },
    tls: ZookeeperTls.certManager({ generations: ['a'] }),
    clients: [{ name: 'zuul', secretLabels: { copy: 'yes' }, secretAnnotations: { 'example.com/copy-to': 'zuul' } }],
    backup: { keep: 3 },
    clusterDomain: 'cozy.local',
    oneMemberPerNode: true,
    networkPolicy: { enabled: true, clients: [{ namespaceSelector: { matchLabels: { zuul: 'yes' } } }], metrics: [{ ipBlock: { cidr: '192.0.2.0/24' } }] },
    tickTime: Duration.seconds(2),
    initLimit: 30,
    syncLimit: 6,
    minSessionTimeout: Duration.seconds(5),
    maxSessionTimeout: Duration.seconds(90),
    javaOptions: ['-Djute.maxbuffer=2097152'],
    home: '/opt/zookeeper',
    image: ContainerImage.parse('registry.example.com/zookeeper:3.9.6'),
    registryMirror: 'mirror.example.com',
    imagePullSecrets: ['registry'],
    logLevel: LogLevel.DEBUG,
    resources: { cpu: { request: Cpu.millis(200) }, memory: { request: Size.gibibytes(2), limit: Size.gibibytes(3) } },
    extraLabels: { team: 'ci' },
    extraAnnotations: { 'example.com/note': 'x' },
    hostAliases: [{ ip: '192.0.2.1', hostnames: ['a'] }],
    env: { JAVA_TOOL_OPTIONS: EnvValue.fromValue('-Dx=y') },
    volumes: [],
    initContainers: [{ name: 'first', image: 'example.com/first:1', resources: {} }],
    sidecars: [{ name: 'beside', image: 'example.com/beside:1' }],
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'ci', operator: 'Exists' }],
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
    topologySpread: [{ maxSkew: 2, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule' }],
    priorityClassName: 'ci',
    terminationGracePeriod: Duration.seconds(90),
    runAsUser: 1000,
    fsGroup: 2000,
  };
  const { all, statefulSet, zooCfg, main, zookeeper } = ensemble(props);
  const spec = () => statefulSet().spec.template.spec;
  const claim = (name: string) => statefulSet().spec.volumeClaimTemplates.find((each: any) => each.metadata.name === name);

  test.each<[string, () => unknown, unknown]>([
    ['instanceName', () => statefulSet().metadata.name, 'blue-zookeeper'],
    ['platform', () => spec().securityContext.runAsNonRoot, true],
    ['members', () => statefulSet().spec.replicas, 5],
    ['votingMembers and newMembersVote', () => [5, 4, 3, 2, 1].map(id => zooCfg()[`weight.${id}`]), ['2', '2', '2', '1', '1']],
    ['their group', () => zooCfg()['group.1'], '5:4:3:2:1'],
    ['chroot', () => zookeeper.chroot, '/zuul'],
    ['storage', () => claim('data').spec, {
      accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem', storageClassName: 'fast', resources: { requests: { storage: '20Gi' } },
    }],
    ['storage.annotations', () => claim('data').metadata.annotations['example.com/backup'], 'yes'],
    ['storage.expandTo', () => all().filter(object => object.kind === 'PersistentVolumeClaim' && object.metadata.name.startsWith('data-')).map(({ metadata, spec: { resources } }) => [metadata.name, resources.requests.storage]),
      [0, 1, 2, 3, 4].map(ordinal => [`data-blue-zookeeper-${ordinal}`, '40Gi'])],
    ['logStorage', () => [claim('datalog').spec.storageClassName, zooCfg().dataLogDir], ['faster', '/datalog']],
    ['tls', () => only(all(), 'Certificate', 'blue-zookeeper-client-ca-a').spec.isCA, true],
    ['clients', () => only(all(), 'Certificate', 'blue-zookeeper-zuul-tls').spec.secretTemplate,
      { labels: { copy: 'yes' }, annotations: { 'example.com/copy-to': 'zuul' } }],
    ['backup', () => container(only(all(), 'CronJob', 'blue-zookeeper-backup').spec.jobTemplate.spec.template, 'backup').args, ['save', '--keep', '3']],
    ['clusterDomain', () => zooCfg()['server.1'], 'blue-zookeeper-4.blue-zookeeper-headless.ci.svc.cozy.local:2888:3888'],
    ['oneMemberPerNode', () => spec().affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey, 'kubernetes.io/hostname'],
    ['networkPolicy.clients', () => only(all(), 'NetworkPolicy').spec.ingress[1].from[1], { namespaceSelector: { matchLabels: { zuul: 'yes' } } }],
    ['networkPolicy.metrics', () => only(all(), 'NetworkPolicy').spec.ingress[2].from, [{ ipBlock: { cidr: '192.0.2.0/24' } }]],
    ['tickTime', () => zooCfg().tickTime, '2000'],
    ['initLimit', () => zooCfg().initLimit, '30'],
    ['syncLimit', () => zooCfg().syncLimit, '6'],
    ['minSessionTimeout', () => zooCfg().minSessionTimeout, '5000'],
    ['maxSessionTimeout', () => zooCfg().maxSessionTimeout, '90000'],
    ['javaOptions', () => main().command.indexOf('-Djute.maxbuffer=2097152') > main().command.indexOf('java'), true],
    ['home', () => option(main().command, '-cp'), ['/etc/zookeeper:/opt/zookeeper/lib/*']],
    ['image and registryMirror', () => main().image, 'mirror.example.com/zookeeper:3.9.6'],
    ['imagePullSecrets', () => spec().imagePullSecrets, [{ name: 'registry' }]],
    ['logLevel', () => only(all(), 'ConfigMap', 'blue-zookeeper-config').data['logback.xml'].includes('<root level="DEBUG">'), true],
    ['resources', () => main().resources, { requests: { cpu: '200m', memory: '2Gi' }, limits: { cpu: '1', memory: '3Gi' } }],
    ['extraLabels', () => all().filter(object => object.kind !== 'PersistentVolumeClaim' && object.metadata.labels?.team !== 'ci'), []],
    ['extraAnnotations', () => statefulSet().spec.template.metadata.annotations['example.com/note'], 'x'],
    ['hostAliases', () => spec().hostAliases, [{ ip: '192.0.2.1', hostnames: ['a'] }]],
    ['env', () => environment(main()), { JAVA_TOOL_OPTIONS: '-Dx=y' }],
    ['initContainers', () => spec().initContainers.map((each: any) => each.name), ['prepare-certificates', 'first']],
    ['sidecars', () => spec().containers.map((each: any) => each.name), ['zookeeper', 'certificates', 'beside']],
    ['nodeSelector', () => spec().nodeSelector, { disk: 'ssd' }],
    ['tolerations', () => spec().tolerations, [{ key: 'ci', operator: 'Exists' }]],
    ['affinity stays beside ours', () => Object.keys(spec().affinity).includes('podAntiAffinity'), true],
    ['topologySpread', () => spec().topologySpreadConstraints.map((each: any) => each.topologyKey), ['rack']],
    ['priorityClassName', () => spec().priorityClassName, 'ci'],
    ['terminationGracePeriod', () => spec().terminationGracePeriodSeconds, 90],
    ['runAsUser', () => spec().securityContext.runAsUser, 1000],
    ['fsGroup', () => spec().securityContext.fsGroup, 2000],
  ])('%s', (_, actual, expected) => {
    expect(actual()).toEqual(expected);
  });
});

describe('by default', () => {
  const { chart, all, statefulSet, zooCfg, main, zookeeper } = ensemble();

  test('there are three members that others find by their names', () => {
    expect(zookeeper.servers).toEqual([0, 1, 2].map(n => `nodepool-zookeeper-${n}.ci.svc:2281`));
    expect([zookeeper.members, zookeeper.votingMembers, zookeeper.chroot]).toEqual([3, 3, undefined]);
  });

  test('zoo.cfg speaks TLS alone, and limits what anybody may ask', () => {
    const cfg = zooCfg();
    expect(cfg.clientPort).toBeUndefined();
    expect(cfg).toMatchObject({
      'secureClientPort': '2281',
      'serverCnxnFactory': 'org.apache.zookeeper.server.NettyServerCnxnFactory',
      'ssl.clientAuth': 'need',
      'sslQuorum': 'true',
      'admin.enableServer': 'false',
      'reconfigEnabled': 'false',
      '4lw.commands.whitelist': 'ruok,srvr,mntr,conf',
      'autopurge.purgeInterval': '2',
      'tickTime': '1000',
    });
  });

  test('the quorum does not trust what the clients trust', () => {
    expect(zooCfg()['ssl.trustStore.location']).not.toBe(zooCfg()['ssl.quorum.trustStore.location']);
    const issuers = ['server', 'client', 'quorum'].map(each => only(all(), 'Certificate', `nodepool-zookeeper-${each}-tls`).spec.issuerRef.name);
    expect(issuers).toEqual(['nodepool-zookeeper-client-ca-1', 'nodepool-zookeeper-client-ca-1', 'nodepool-zookeeper-quorum-ca-1']);
  });

  test('at equal data an old member is preferred to a new one as leader', () => {
    expect(Object.entries(zooCfg()).filter(([key]) => key.startsWith('server.')).map(([key, value]) => [key, /zookeeper-(\d)/.exec(value)![1]]))
      .toEqual([['server.5', '0'], ['server.4', '1'], ['server.3', '2']]);
  });

  test('zoo.cfg has no weights where all vote', () => {
    expect(Object.keys(zooCfg()).filter(key => /^(group|weight)/.test(key))).toEqual([]);
  });

  test('the heap is half of the memory limit', () => {
    expect(main().command).toContain('-Xmx512m');
    expect(ensemble({ resources: { memory: { limit: Size.mebibytes(1500) } } }).main().command).toContain('-Xmx750m');
  });

  test('java is what the script becomes, so that SIGTERM reaches it', () => {
    expect(main().command.slice(0, 4)).toEqual(['bash', '/etc/zookeeper/start.sh', '/etc/zookeeper/zoo.cfg', 'java']);
  });

  test('liveness does not depend on the quorum, readiness does', () => {
    const asks = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(probe => main()[probe].exec.command[2]);
    expect(asks).toEqual(['alive', 'alive', 'ready']);
  });

  test('members start together and are replaced one by one', () => {
    expect(statefulSet().spec).toMatchObject({
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      serviceName: 'nodepool-zookeeper-headless',
    });
  });

  test('members find each other before they are ready', () => {
    expect(only(all(), 'Service', 'nodepool-zookeeper-headless').spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(only(all(), 'Service', 'nodepool-zookeeper').spec.ports.map((port: any) => port.port)).toEqual([2281, 7000]);
  });

  test('clients reach each member by an address of its own that no replaced pod changes', () => {
    const services = zookeeper.servers.map(server => only(all(), 'Service', server.replace(/\..*/, '')).spec);
    expect(services.map(({ clusterIP, selector }) => [clusterIP, selector['statefulset.kubernetes.io/pod-name']]))
      .toEqual([0, 1, 2].map(n => [undefined, `nodepool-zookeeper-${n}`]));
    expect(services[0]).toMatchObject({
      type: 'ClusterIP', publishNotReadyAddresses: true, selector: statefulSet().spec.selector.matchLabels, ports: [{ name: 'client', port: 2281 }],
    });
  });

  test('one member may be evicted at a time, and one that is not ready always', () => {
    expect(only(all(), 'PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  test('the members\' own ports are for members alone', () => {
    const { ingress } = only(all(), 'NetworkPolicy').spec;
    expect(ingress.map(({ from, ports }: any) => [from?.length, ports.map((port: any) => port.port)]))
      .toEqual([[1, [2888, 3888]], [undefined, [2281]], [undefined, [7000]]]);
    expect(ingress[0].from[0].podSelector.matchLabels.run).toBe('nodepool-zookeeper');
  });

  test('only java\'s files and the volumes are writable', () => {
    expect(mounts(main())).toEqual({ '/etc/zookeeper': 'config', '/tmp': 'tmp', '/data': 'data', '/run/zookeeper-tls': 'tls' });
    expect(named(statefulSet().spec.template.spec.volumes, 'tls').emptyDir.medium).toBe('Memory');
  });

  test('no key of an authority is in the pods', () => {
    const projected = statefulSet().spec.template.spec.volumes.filter((volume: any) => volume.projected)
      .flatMap((volume: any) => volume.projected.sources.flatMap((source: any) => source.secret.items.map((item: any) => item.key)));
    expect(projected).toEqual(['tls.crt', 'tls.crt']);
  });

  test('the manifests pass every check', () => {
    expectGoodManifests(synthYaml(chart), { customKinds: CUSTOM, external: [{ kind: 'Namespace', name: 'ci' }] });
  });

  test('a patch reaches the StatefulSet', () => {
    const patched = ensemble();
    ApiObject.of(patched.zookeeper).addJsonPatch(JsonPatch.add('/spec/template/spec/hostUsers', false));
    expect(patched.statefulSet().spec.template.spec.hostUsers).toBe(false);
  });

  test('what zoo.cfg says replaces the pods when it changes', () => {
    const checksum = (props: ZookeeperProps) => ensemble(props).statefulSet().spec.template.metadata.annotations['checksum.cdk8s-nodepool/config'];
    expect(checksum({ syncLimit: 6 })).not.toBe(checksum({}));
  });
});

describe('growing', () => {
  /** The weights by the ordinals, as far as five members go. */
  const weights = (props: ZookeeperProps) => {
    const cfg = ensemble(props).zooCfg();
    return [5, 4, 3, 2, 1].map(id => cfg[`server.${id}`] === undefined ? 0 : Number(cfg[`weight.${id}`] ?? 1));
  };

  /** Every set of members, as a list of who is in it. */
  const sets = [0, 1, 2, 3, 4].reduce<boolean[][]>(found => found.flatMap(set => [[...set, false], [...set, true]]), [[]]);

  /** Whether whoever decides by the one has a member in common with whoever decides by the other. */
  const share = (one: number[], other: number[]) => {
    const sum = (list: number[]) => list.reduce((total, each) => total + each, 0);
    const decides = (list: number[], set: boolean[]) => 2 * sum(list.filter((_, ordinal) => set[ordinal])) > sum(list);
    return sets.every(set => !decides(one, set) || !decides(other, set.map(within => !within)));
  };

  test.each<[string, ZookeeperProps[]]>([
    ['1 to 3', [{ members: 1 }, { members: 3, votingMembers: 1 }, { members: 3, votingMembers: 1, newMembersVote: true }, { members: 3 }]],
    ['3 to 5', [{ members: 3 }, { members: 5, votingMembers: 3 }, { members: 5, votingMembers: 3, newMembersVote: true }, { members: 5 }]],
    ['3 to 5 without copying first', [{ members: 3 }, { members: 5, votingMembers: 3, newMembersVote: true }]],
  ])('from %s no two leaders can decide at a time', (_, steps) => {
    steps.slice(1).forEach((step, index) => {
      expect([steps[index], step, share(weights(steps[index]), weights(step))]).toEqual([steps[index], step, true]);
    });
  });

  test('without the steps they could', () => {
    expect(share(weights({ members: 1 }), weights({ members: 3 }))).toBe(false);
    expect(share(weights({ members: 3 }), weights({ members: 5 }))).toBe(false);
  });

  test('how many vote is told', () => {
    const voting = (props: ZookeeperProps) => ensemble(props).zookeeper.votingMembers;
    expect([voting({ votingMembers: 1 }), voting({ votingMembers: 1, newMembersVote: true }), voting({})]).toEqual([1, 3, 3]);
  });
});

test('one member has neither budget nor spread', () => {
  const { all, statefulSet, zooCfg } = ensemble({ members: 1 });
  expect(all().some(object => object.kind === 'PodDisruptionBudget')).toBe(false);
  expect(statefulSet().spec.template.spec.affinity).toBeUndefined();
  // else it could never grow.
  expect(zooCfg().standaloneEnabled).toBe('false');
});

test('on OpenShift the cluster gives the user', () => {
  const { chart, statefulSet } = ensemble({ platform: Platform.OPENSHIFT });
  expect(statefulSet().spec.template.spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  expectGoodManifests(synthYaml(chart), { customKinds: CUSTOM, platform: 'openshift' });
});

test('there is no NetworkPolicy where it is not wanted', () => {
  const { all, zookeeper } = ensemble({ networkPolicy: { enabled: false } });
  expect(all().some(object => object.kind === 'NetworkPolicy')).toBe(false);
  expect(zookeeper.networkPolicy).toBeUndefined();
});

test('peers of the clients do not shut Nodepool out', () => {
  const { all } = ensemble({ networkPolicy: { clients: [] } });
  expect(only(all(), 'NetworkPolicy').spec.ingress[1].from)
    .toEqual([{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'nodepool', 'app.kubernetes.io/part-of': 'zuul' } } }]);
});

test('the longest instance name makes names that fit', () => {
  expectGoodManifests(synthYaml(ensemble({ instanceName: 'x'.repeat(32), clients: [{ name: 'y'.repeat(20) }] }).chart), { customKinds: CUSTOM });
});

test('another path of the same ensemble', () => {
  const { zookeeper } = ensemble({ chroot: '/one' });
  expect(zookeeper.under('/two')).toMatchObject({ servers: zookeeper.servers, tlsSecretName: 'nodepool-zookeeper-client-tls', chroot: '/two' });
  expect(() => zookeeper.under('two/')).toThrow("[ci/Zookeeper] 'chroot' must be a path such as \"/nodepool\"");
});

describe('fails', () => {
  test.each<[string, ZookeeperProps, string]>([
    ['with an even number of members', { members: 4 }, "'members' must be 1, 3 or 5: a majority of 4 is 3, so that it survives no more losses than an ensemble of 3, got 4"],
    ['with seven members', { members: 7 }, "'members' must be 1, 3 or 5, got 7"],
    ['with no members', { members: 0 }, "'members' must be 1, 3 or 5, got 0"],
    ['with half a member', { members: 2.5 }, "'members' must be 1, 3 or 5, got 2.5"],
    ['when more vote than there are', { members: 3, votingMembers: 3 }, "'votingMembers' must be 1 of 3 members, got 3; it is the number of members before others join"],
    ['when an even number votes', { members: 5, votingMembers: 2 }, "'votingMembers' must be 3 of 5 members, got 2; it is the number of members before others join, two at a time"],
    ['when four join one', { members: 5, votingMembers: 1 }, "'votingMembers' must be 3 of 5 members, got 1"],
    ['when one member has votingMembers', { members: 1, votingMembers: 1 }, "'votingMembers' must be left out where there is one member, got 1"],
    ['when new members vote beside none', { newMembersVote: true }, "'newMembersVote' is the step between 'votingMembers' alone and neither of the two"],
    ['with a chroot that ends in a slash', { chroot: '/zuul/' }, "'chroot' must be a path"],
    ['with a domain that ends in a dot', { clusterDomain: 'cluster.local.' }, "'clusterDomain' must be a domain"],
    ['with a client that is named like ours', { clients: [{ name: 'server' }] }, "'clients' must not have \"server\""],
    ['with a client twice', { clients: [{ name: 'zuul' }, { name: 'zuul' }] }, "'clients' has \"zuul\" twice"],
    ['with a client that has no name', { clients: ['zuul' as any] }, "'clients[0].name' must be at most 20 of a-z"],
    ['with tls of another kind', { tls: {} as any }, "'tls' must be a ZookeeperTls"],
    ['with a tick that is a number', { tickTime: 1000 as any }, "'tickTime' must be a Duration"],
    ['with a tick that is too short', { tickTime: Duration.millis(100) }, "'tickTime' must be at least 500 milliseconds, got 100"],
    ['with sessions that are shorter than two ticks', { minSessionTimeout: Duration.seconds(1) }, "'minSessionTimeout' must be at least 2000"],
    ['with sessions that Nodepool does not get', { maxSessionTimeout: Duration.seconds(8) }, "'maxSessionTimeout' must be at least 10000"],
    ['with a limit that is none', { syncLimit: 1 }, "'syncLimit' must be a whole number, 2 or more, got 1"],
    ['with half a tick', { initLimit: 5.5 }, "'initLimit' must be a whole number, 5 or more, got 5.5"],
    ["with ZooKeeper's own path", { chroot: '/zookeeper/x' }, "'chroot' must be a path"],
    ['with a path that goes up', { chroot: '/a/../b' }, "'chroot' must be a path"],
    ['with a domain of one long word', { clusterDomain: 'x'.repeat(64) }, "'clusterDomain' must be a domain"],
    ['with two ways to spread', { oneMemberPerNode: true, affinity: { podAntiAffinity: {} } }, "'oneMemberPerNode' and 'affinity.podAntiAffinity' both say where members may be"],
    ['with a text for a boolean', { oneMemberPerNode: 'false' as any }, "'oneMemberPerNode' must be true or false, got \"false\""],
    ['with a text for a policy', { networkPolicy: { enabled: 'false' as any } }, "'networkPolicy.enabled' must be true or false, got \"false\""],
    ['with a peer that is everybody', { networkPolicy: { metrics: [{}] } }, "'networkPolicy.metrics[0]' names nobody"],
    ['with a peer that is nothing', { networkPolicy: { metrics: [undefined as any] } }, "'networkPolicy.metrics[0]' must be a map of any of podSelector"],
    ['with a peer that is misspelt', { networkPolicy: { clients: [{ podSelektor: {} } as any] } }, "'networkPolicy.clients[0].podSelektor' is unknown"],
    ['with little memory', { resources: { memory: { limit: Size.mebibytes(127) } } }, "'resources.memory.limit' must be at least 128 MiB"],
    ['with a java option that is none', { javaOptions: ['Xmx1g'] }, "'javaOptions' must be options of java"],
    ['with a home that is no path', { home: 'zookeeper' }, "'home' must be an absolute path"],
    ['with a log volume that shrinks', { logStorage: { expandTo: Size.gibibytes(1) } }, "'logStorage.expandTo' must be more than 'logStorage.size' (10Gi)"],
    ['with a prop that is misspelt', { member: 3 } as any, "'member' is unknown; did you mean 'members'?"],
    ['with replicas', { replicas: 3 } as any, "'replicas' is unknown"],
  ])('%s', (_, props, message) => {
    expect(() => ensemble(props)).toThrow(message);
  });

  test('with all that is wrong at once', () => {
    expect(() => ensemble({ members: 2, chroot: 'x', clusterDomain: '.' })).toThrow(/'members'[^]*'chroot'[^]*'clusterDomain'/);
  });

  test('in a chart without a namespace', () => {
    expect(() => new Zookeeper(new Chart(new App(), 'x'), 'Zookeeper')).toThrow('[x/Zookeeper] the chart has no namespace');
  });
});

describe('where ZooKeeper is in the image', () => {
  const jars = (props: ZookeeperProps) => ensemble(props).main().command.join(' ').match(/\S*(?=\/lib\/)/)![0];
  const warnings = (props: ZookeeperProps) => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      ensemble(props);
      return write.mock.calls.map(([text]) => String(text)).join('');
    } finally {
      write.mockRestore();
    }
  };

  test.each<[ZookeeperProps, string]>([
    [{}, '3.9.5'],
    [{ image: ContainerImage.parse('mirror.example.com/zookeeper:3.9.3') }, '3.9.3'],
    [{ image: ContainerImage.parse('zookeeper:3.8.4-jre-17') }, '3.8.4'],
  ])('%j', (props, version) => {
    expect(jars(props)).toContain(`/apache-zookeeper-${version}-bin`);
    expect(warnings(props)).toBe('');
  });

  test('a tag that does not say it is a warning, unless home is given', () => {
    const image = ContainerImage.parse('example.com/zookeeper:ours');
    expect(warnings({ image })).toBe("warning: [ci/Zookeeper] 'image' is another one, and its tag does not begin with a version: ZooKeeper is looked for in /apache-zookeeper-3.9.5-bin; give 'home'\n");
    expect(warnings({ image, home: '/opt/zookeeper' })).toBe('');
  });
});

test('two syntheses give the same', () => {
  const { chart } = ensemble({ clients: [{ name: 'zuul' }] });
  expect(Testing.synth(chart)).toEqual(Testing.synth(chart));
});
