import { isDeepStrictEqual } from 'node:util';
import { Lazy } from 'cdk8s';
import { ConfigMap, EnvValue, k8s, Secret, Volume } from 'cdk8s-plus-27';
import { NodepoolLauncher } from '../../src';
import { builder, container, deepFreeze, environment, launcher, mounts, named, pod, testChart } from '../fixtures';

const emptyDir = (name: string) => Volume.fromEmptyDir(testChart(), 'V', name);

describe('environment', () => {
  test('a variable of the user takes the place of ours', () => {
    const env = container(pod(launcher({ env: { HOME: EnvValue.fromValue('/home/other') } }).chart), 'launcher').env;
    expect(env.filter((variable: any) => variable.name === 'HOME')).toEqual([{ name: 'HOME', value: '/home/other' }]);
  });

  test('a variable may come from a Secret', () => {
    const secret = Secret.fromSecretName(testChart(), 'S', 'rates');
    const { chart } = launcher({ env: { NODEPOOL_RATE: EnvValue.fromSecretValue({ secret, key: 'rate' }, { optional: true }) } });
    expect(environment(container(pod(chart), 'launcher')).NODEPOOL_RATE).toEqual({ secretKeyRef: { name: 'rates', key: 'rate', optional: true } });
  });

  test('an empty value stays', () => {
    expect(environment(container(pod(launcher({ env: { EMPTY: EnvValue.fromValue('') } }).chart), 'launcher')).EMPTY).toBe('');
  });
});

describe('volumes', () => {
  test('one volume may be mounted at two paths', () => {
    const volume = emptyDir('more');
    const template = pod(launcher({ volumes: [{ path: '/a', volume }, { path: '/b', volume, readOnly: true }] }).chart);
    expect(named(template.spec.volumes, 'more')).toEqual({ name: 'more', emptyDir: {} });
    expect(mounts(container(template, 'launcher'))).toMatchObject({ '/a': 'more', '/b': 'more' });
  });

  test.each(['config', 'tmp', 'home', 'zookeeper-tls'])('fails when a volume is named %s as ours', name => {
    expect(() => launcher({ volumes: [{ path: '/a', volume: emptyDir(name) }] }))
      .toThrow(`[ci/Launcher] 'volumes' has the name "${name}", which is one of ours; give your volume another 'name'`);
  });

  test('fails when a volume is named as the claim of the builder', () => {
    expect(() => builder({ volumes: [{ path: '/a', volume: emptyDir('nodepool-builder') }] })).toThrow('which is one of ours');
  });

  test('fails when a volume is mounted inside a read-only mount of ours', () => {
    expect(() => launcher({ volumes: [{ path: '/etc/nodepool/more', volume: emptyDir('more') }] }))
      .toThrow('[ci/Launcher] \'volumes\' has the path "/etc/nodepool/more" inside /etc/nodepool, which is mounted read-only, so that nothing can be mounted there; choose another path');
  });

  test('a volume may be mounted inside one that is written to', () => {
    expect(mounts(container(pod(launcher({ volumes: [{ path: '/tmp/more', volume: emptyDir('more') }] }).chart), 'launcher'))['/tmp/more']).toBe('more');
  });

  test('a sidecar may mount the claim of the builder, and volumes of the user', () => {
    const volumeMounts = [{ name: 'nodepool-builder', mountPath: '/a' }, { name: 'more', mountPath: '/b' }];
    const { chart } = builder({ volumes: [{ path: '/more', volume: emptyDir('more') }], sidecars: [{ name: 'beside', image: 'a:1', volumeMounts }] });
    expect(container(pod(chart, 'StatefulSet'), 'beside').volumeMounts).toEqual(volumeMounts);
  });

  test('fails when two volumes have one name', () => {
    const other = Volume.fromConfigMap(testChart(), 'V', ConfigMap.fromConfigMapName(testChart(), 'C', 'x'), { name: 'more' });
    expect(() => launcher({ volumes: [{ path: '/a', volume: emptyDir('more') }, { path: '/b', volume: other }] }))
      .toThrow("'volumes' has the name \"more\" for two volumes; give each a 'name' of its own");
  });

  test.each(['/etc/nodepool', '/tmp'])('fails when it is mounted at %s, where ours is', path => {
    expect(() => launcher({ volumes: [{ path, volume: emptyDir('more') }] }))
      .toThrow(`two mount paths of the pod "nodepool-launcher" are "${path}"; choose another one for yours`);
  });
});

describe('containers', () => {
  test('a native sidecar keeps its restartPolicy, which is newer than Kubernetes 1.27', () => {
    const { chart } = launcher({ initContainers: [{ name: 'proxy', image: 'proxy:1', restartPolicy: 'Always', newer: { field: 1 } }] });
    expect(container(pod(chart), 'proxy')).toMatchObject({ restartPolicy: 'Always', newer: { field: 1 } });
  });

  test('they get our security context and pull policy', () => {
    expect(container(pod(launcher({ sidecars: [{ name: 'a', image: 'a:1' }] }).chart), 'a')).toEqual({
      name: 'a',
      image: 'a:1',
      imagePullPolicy: 'IfNotPresent',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
    });
  });

  test('what they say themselves counts', () => {
    const { chart } = launcher({ sidecars: [{ name: 'a', image: 'a:1', imagePullPolicy: 'Always', securityContext: { readOnlyRootFilesystem: false } }] });
    expect(container(pod(chart), 'a')).toMatchObject({ imagePullPolicy: 'Always', securityContext: { readOnlyRootFilesystem: false, allowPrivilegeEscalation: false } });
  });

  test('typed values become what they stand for', () => {
    const { chart } = launcher({
      sidecars: [{
        name: 'a',
        image: 'a:1',
        resources: { limits: { cpu: k8s.Quantity.fromNumber(1), memory: k8s.Quantity.fromString('1Gi') } },
        livenessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(80) } },
      }],
    });
    expect(container(pod(chart), 'a')).toMatchObject({ resources: { limits: { cpu: 1, memory: '1Gi' } }, livenessProbe: { tcpSocket: { port: 80 } } });
  });

  test('a value that is only known at synth arrives', () => {
    const { chart } = launcher({ sidecars: [{ name: 'a', image: 'a:1', args: [Lazy.any({ produce: () => 'late' })] }] });
    expect(container(pod(chart), 'a').args).toEqual(['late']);
  });

  test('what is empty or null is left out', () => {
    const { chart } = launcher({ sidecars: [{ name: 'a', image: 'a:1', args: [], env: [], command: null, workingDir: undefined }] });
    expect(Object.keys(container(pod(chart), 'a')).sort()).toEqual(['image', 'imagePullPolicy', 'name', 'securityContext']);
  });

  test('ours start first', () => {
    const { spec } = pod(builder({ initContainers: [{ name: 'mine', image: 'a:1' }] }).chart, 'StatefulSet');
    expect(spec.initContainers.map((each: any) => each.name)).toEqual(['prepare', 'mine']);
  });
});

describe('scheduling', () => {
  const SPREAD = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };

  test('a spread without a selector selects the service\'s own pods', () => {
    const constraint = SPREAD;
    expect(pod(launcher({ topologySpread: [constraint] }).chart).spec.topologySpreadConstraints).toEqual([
      { ...constraint, labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'nodepool', 'run': 'nodepool-launcher' } } },
    ]);
  });

  test('a spread keeps the selector of the user', () => {
    const constraint = { ...SPREAD, labelSelector: { matchLabels: { app: 'x' } } };
    expect(pod(launcher({ topologySpread: [constraint] }).chart).spec.topologySpreadConstraints).toEqual([constraint]);
  });

  test('newer fields of spread, affinity and tolerations survive', () => {
    const { spec } = pod(launcher({
      topologySpread: [{ ...SPREAD, newer: 1 } as k8s.TopologySpreadConstraint],
      affinity: { podAffinity: { newer: 2 } } as k8s.Affinity,
      tolerations: [{ key: 'a', newer: 3 } as k8s.Toleration],
    }).chart);
    expect(spec).toMatchObject({ topologySpreadConstraints: [{ newer: 1 }], affinity: { podAffinity: { newer: 2 } }, tolerations: [{ newer: 3 }] });
  });
});

test('nothing that the caller passed is changed', () => {
  const props = deepFreeze({
    extraLabels: { team: 'ci' },
    extraAnnotations: { a: 'b' },
    env: { A: EnvValue.fromValue('b') },
    volumes: [{ path: '/a', volume: emptyDir('more') }],
    sidecars: [{ name: 'a', image: 'a:1', env: [{ name: 'x', value: null }] }],
    initContainers: [{ name: 'b', image: 'b:1', securityContext: {} }],
    tolerations: [{ key: 'a' }],
    topologySpread: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    hostAliases: [{ ip: '192.0.2.1', hostnames: ['a'] }],
    clusterAccess: [{ context: 'pods', server: 'https://kubernetes.default.svc', tokenSecretName: 'pods-token' }],
  });
  const first = pod(launcher(props).chart);
  expect(isDeepStrictEqual(pod(launcher(props).chart), first)).toBe(true);
  expect(launcher(props).launcher).toBeInstanceOf(NodepoolLauncher);
});
