import { ApiObject, Duration, JsonPatch, Size } from 'cdk8s';
import { Volume } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { builder, checksums, container, images, mounts, named, nodepoolYaml, objects, option, pod, PUBLIC_KEY, testChart, zookeeper } from './fixtures';
import { only } from './manifests';
import { ContainerImage, NodepoolBuilder, NodepoolConfig, SecretSource } from '../src';

const statefulSet = (chart: any) => only(objects(chart), 'StatefulSet');
const claims = (chart: any) => objects(chart).filter(object => object.kind === 'PersistentVolumeClaim');

describe('what administrators type', () => {
  test('the StatefulSet, its container and its pods have the names that they know', () => {
    const set = statefulSet(builder().chart);
    expect(set.metadata.name).toBe('nodepool-builder');
    expect(set.spec.template.metadata.labels.run).toBe('nodepool-builder');
    expect(set.spec.template.spec.containers.map((each: any) => each.name)).toEqual(['nodepool-builder', 'build-logs']);
  });

  test('the Service shows the build logs on port 8080 and selects the pods', () => {
    const { chart } = builder();
    const service = only(objects(chart), 'Service');
    expect(service.metadata.name).toBe('nodepool-builder');
    expect(service.spec.ports).toMatchObject([{ port: 8080, targetPort: 'build-logs' }]);
    expect(service.spec.selector).toEqual(statefulSet(chart).spec.selector.matchLabels);
    expect(statefulSet(chart).spec.serviceName).toBe('nodepool-builder');
  });
});

describe('nodepool.yaml', () => {
  test('it has the directories, and no status server', () => {
    const yaml = nodepoolYaml(builder().chart, 'nodepool-builder');
    expect(yaml).toMatchObject({ 'images-dir': '/var/lib/nodepool/dib', 'build-log-dir': '/var/lib/nodepool/builds/logs' });
    expect(Object.keys(yaml)).not.toEqual(expect.arrayContaining(['webapp']));
  });

  test('what has no value is left to Nodepool', () => {
    const keys = Object.keys(nodepoolYaml(builder().chart, 'nodepool-builder'));
    expect(keys.filter(key => ['build-log-retention', 'elements-dir'].includes(key))).toEqual([]);
  });

  test('diskimages added after construction reach it', () => {
    const { chart, config } = builder();
    config.addDiskimage({ name: 'fedora', elements: ['fedora'] });
    expect(nodepoolYaml(chart, 'nodepool-builder').diskimages.map((image: any) => image.name)).toEqual(['debian', 'fedora']);
  });
});

describe('a stop lets a running build finish', () => {
  const grace = (chart: any) => {
    const template = pod(chart, 'StatefulSet');
    return [template.spec.terminationGracePeriodSeconds, ...option(container(template, 'nodepool-builder').command, '--stop-timeout')];
  };

  test('it may take the 8 hours of Nodepool and 5 minutes', () => {
    expect(grace(builder().chart)).toEqual([28800 + 300, String(28800 + 290)]);
  });

  test('it may take the longest build-timeout and 5 minutes', () => {
    expect(grace(builder({ config: images(36000) }).chart)).toEqual([36300, '36290']);
  });

  test('a diskimage that is added later counts', () => {
    const { chart, config } = builder({ config: images(600) });
    config.addDiskimage({ 'name': 'slow', 'elements': ['x'], 'build-timeout': 40000 });
    expect(grace(chart)).toEqual([40300, '40290']);
  });

  test('a grace period that is set takes its place', () => {
    expect(grace(builder({ terminationGracePeriod: Duration.minutes(10) }).chart)).toEqual([600, '590']);
  });

  test('the supervisor starts the daemon itself, with no shell around it', () => {
    const { command } = container(pod(builder().chart, 'StatefulSet'), 'nodepool-builder');
    expect(command.slice(command.indexOf('--') + 1)).toEqual(['nodepool-builder', '-f', '-l', '/etc/nodepool-logging/logging.yaml']);
  });
});

describe('storage', () => {
  const template = (chart: any) => named(statefulSet(chart).spec.volumeClaimTemplates.map((claim: any) => ({ ...claim, name: claim.metadata.name })), 'nodepool-builder');

  test('there are 20 GiB of the default class', () => {
    expect(template(builder().chart).spec).toEqual({ accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem', resources: { requests: { storage: '20Gi' } } });
  });

  test('the claim template has apiVersion and kind, without which Argo CD always sees a difference', () => {
    expect(template(builder().chart)).toMatchObject({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
  });

  test('size, class and annotations are as set, and the claim is never pruned', () => {
    const { chart } = builder({ storage: { size: Size.mebibytes(1536), storageClassName: 'fast', annotations: { 'example.com/backup': 'no' } } });
    expect(template(chart).spec).toMatchObject({ storageClassName: 'fast', resources: { requests: { storage: '1536Mi' } } });
    expect(template(chart).metadata.annotations).toEqual({
      'example.com/backup': 'no',
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    });
  });

  test('sync options of the user stay beside ours', () => {
    const { chart } = builder({ storage: { annotations: { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true' } } });
    expect(template(chart).metadata.annotations['argocd.argoproj.io/sync-options']).toBe('ServerSideApply=true,Prune=false,Delete=false');
  });

  test('labels that may change are not in the claim template, which may not', () => {
    const { chart } = builder({ extraLabels: { team: 'ci' } });
    expect(template(chart).metadata.labels).toEqual(statefulSet(chart).spec.selector.matchLabels);
  });

  test('volumes stay when the StatefulSet goes or shrinks', () => {
    expect(statefulSet(builder().chart).spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  });

  test('no claim is rendered as long as nothing expands', () => {
    const { chart, builder: part } = builder();
    expect(claims(chart)).toEqual([]);
    expect(part.volumeClaims).toEqual([]);
  });

  test('expandTo renders the claims that the StatefulSet made and leaves its template alone', () => {
    const { chart } = builder({ replicas: 2, storage: { size: Size.gibibytes(30), expandTo: Size.gibibytes(50) } });
    expect(claims(chart).map(claim => claim.metadata.name)).toEqual(['nodepool-builder-nodepool-builder-0', 'nodepool-builder-nodepool-builder-1']);
    expect(claims(chart).map(claim => claim.spec.resources.requests.storage)).toEqual(['50Gi', '50Gi']);
    expect(template(chart).spec.resources.requests.storage).toBe('30Gi');
  });

  test('a paused builder keeps its claim', () => {
    const { chart } = builder({ replicas: 0, storage: { expandTo: Size.gibibytes(50) } });
    expect(claims(chart).map(claim => claim.metadata.name)).toEqual(['nodepool-builder-nodepool-builder-0']);
    expect(statefulSet(chart).spec.replicas).toBe(0);
  });

  test('fails when a volume should shrink', () => {
    expect(() => builder({ storage: { size: Size.gibibytes(50), expandTo: Size.gibibytes(40) } }))
      .toThrow("[ci/Builder] 'storage.expandTo' must be more than 'storage.size' (50Gi), since volumes do not shrink, got 40Gi");
  });

  test('fails when the size is 0', () => {
    expect(() => builder({ storage: { size: Size.gibibytes(0) } })).toThrow("'storage.size' must be more than 0");
  });

  test('fails when the class is no name', () => {
    expect(() => builder({ storage: { storageClassName: 'Fast SSD' } })).toThrow("'storage.storageClassName' must be an object's name");
  });

  test('fails when the size is a text', () => {
    expect(() => builder({ storage: { size: '20Gi' as any } })).toThrow("'storage.size' must be a Size, such as Size.gibibytes(20), got \"20Gi\"");
  });
});

describe('build logs', () => {
  test('the server sees the logs alone, not the images on the same volume', () => {
    const server = container(pod(builder().chart, 'StatefulSet'), 'build-logs');
    expect(server.volumeMounts).toContainEqual({ name: 'nodepool-builder', mountPath: '/var/lib/nodepool/builds', subPath: 'builds', readOnly: true });
    expect(Object.keys(mounts(server))).not.toContain('/var/lib/nodepool');
  });

  test('its directory is made before it starts, so that the kubelet does not make it for root', () => {
    const { command } = container(pod(builder().chart, 'StatefulSet'), 'prepare');
    expect(option(command, '--mkdir')).toEqual(expect.arrayContaining(['/var/lib/nodepool/dib', '/var/lib/nodepool/builds/logs']));
  });

  test('the mount point of ssh is made too', () => {
    expect(option(container(pod(builder().chart, 'StatefulSet'), 'prepare').command, '--mkdir')).toContain('/var/lib/nodepool/.ssh');
  });

  test('they are served under /nodepool/builds', () => {
    const { chart } = builder();
    expect(only(objects(chart), 'ConfigMap', 'nodepool-builder-build-logs').data['httpd.conf']).toContain('Alias /nodepool/builds /var/lib/nodepool/builds');
    expect(container(pod(chart, 'StatefulSet'), 'build-logs').readinessProbe.httpGet.path).toBe('/nodepool/builds/');
  });

  test('its image comes from the mirror too', () => {
    const { chart } = builder({ registryMirror: 'registry.example.com', buildLogs: { image: ContainerImage.parse('docker.io/library/httpd:2.4.66') } });
    expect(container(pod(chart, 'StatefulSet'), 'build-logs').image).toBe('registry.example.com/library/httpd:2.4.66');
  });

  test('fails when the logs would not be served', () => {
    expect(() => builder({ buildLogDir: '/var/lib/nodepool/logs' }))
      .toThrow("[ci/Builder] 'buildLogDir' must be /var/lib/nodepool/builds or below it, which is what the build logs' server serves, got \"/var/lib/nodepool/logs\"");
  });

  test('fails when the images would be served', () => {
    expect(() => builder({ imagesDir: '/var/lib/nodepool/builds/images' })).toThrow("'imagesDir' must not be /var/lib/nodepool/builds or below it");
  });
});

describe('the directory of the images', () => {
  const volume = Volume.fromEmptyDir(testChart(), 'V', 'more');

  test.each(['/var/lib/nodepool', '/var/lib/nodepool/a/b', '/var/lib/nodepool/builds-of-today'])('may be %s, on the builder\'s volume', imagesDir => {
    expect(nodepoolYaml(builder({ imagesDir }).chart, 'nodepool-builder')['images-dir']).toBe(imagesDir);
  });

  test('may be on a volume of the user', () => {
    const { chart } = builder({ imagesDir: '/srv/images/dib', volumes: [{ path: '/srv/images', volume }] });
    expect(nodepoolYaml(chart, 'nodepool-builder')['images-dir']).toBe('/srv/images/dib');
  });

  test.each(['/var/lib/nodepool/.ssh', '/var/lib/nodepool/.ssh/images'])('fails when it is %s, inside a read-only mount of ours', imagesDir => {
    expect(() => builder({ imagesDir })).toThrow(`[ci/Builder] 'imagesDir' must be writable, and /var/lib/nodepool/.ssh is mounted read-only, got "${imagesDir}"; give a directory below`);
  });

  test('fails when it is on a read-only volume of the user', () => {
    expect(() => builder({ imagesDir: '/var/lib/nodepool/x/y', volumes: [{ path: '/var/lib/nodepool/x', volume, readOnly: true }] }))
      .toThrow("'imagesDir' must be writable, and /var/lib/nodepool/x is mounted read-only");
  });

  test.each(['/etc/nodepool', '/srv/images', '/var/lib/nodepool2'])('fails when it is %s, where no volume is', imagesDir => {
    expect(() => builder({ imagesDir })).toThrow(`[ci/Builder] 'imagesDir' must be on a volume, nothing else of the pod is writable, got "${imagesDir}"; give a directory below`);
  });

  test.each(['/var/lib/nodepool//builds', '/var/lib/nodepool/./builds', '/var/lib/nodepool/builds/'])('fails when another spelling hides that it is served: %s', imagesDir => {
    expect(() => builder({ imagesDir })).toThrow("'imagesDir' must be written without '//', '/./' and a slash at the end");
  });
});

describe('alone', () => {
  test('it works inside another construct and in another namespace', () => {
    const chart = testChart('elsewhere');
    new NodepoolBuilder(new Construct(chart, 'Nest'), 'Any', { config: images(), zookeeper: zookeeper() });
    expect(new Set(objects(chart).map(object => object.metadata.namespace))).toEqual(new Set(['elsewhere']));
  });

  const everything = { zuulPublicKey: PUBLIC_KEY, sshKey: SecretSource.plainTextInGit({ priv: 'x', pub: 'y' }) };
  test.each(['statefulSet', 'service', 'configMap', 'loggingConfigMap', 'scriptsConfigMap', 'sshConfigMap', 'buildLogsConfigMap', 'zuulKeysConfigMap', 'sshKeySecret'] as const)(
    'a patch goes through %s', field => {
      const { chart, builder: part } = builder(everything);
      part[field]!.addJsonPatch(JsonPatch.add('/newerField', 'x'));
      expect(objects(chart).filter(object => object.newerField === 'x').map(object => object.metadata.name)).toEqual([part[field]!.name]);
    });

  test('a patch goes through the claims', () => {
    const { chart, builder: part } = builder({ storage: { expandTo: Size.gibibytes(50) } });
    part.volumeClaims.forEach(claim => claim.addJsonPatch(JsonPatch.add('/spec/volumeAttributesClassName', 'gold')));
    expect(claims(chart).map(claim => claim.spec.volumeAttributesClassName)).toEqual(['gold']);
  });

  test('a patch with a newer field goes through ApiObject.of', () => {
    const { chart, builder: part } = builder();
    ApiObject.of(part).addJsonPatch(JsonPatch.add('/spec/ordinals', { start: 1 }));
    expect(statefulSet(chart).spec.ordinals).toEqual({ start: 1 });
  });

  test('a patch of the server\'s configuration replaces the pods', () => {
    const { chart, builder: part } = builder();
    part.buildLogsConfigMap.addJsonPatch(JsonPatch.replace('/data/httpd.conf', 'Listen 8080'));
    expect(checksums(pod(chart, 'StatefulSet'))).not.toEqual(checksums(pod(builder().chart, 'StatefulSet')));
  });
});

describe('refusals', () => {
  test.each([-2, 1.5, '7'])('fails when %p logs are kept', buildLogRetention => {
    expect(() => builder({ buildLogRetention: buildLogRetention as any })).toThrow("'buildLogRetention' must be a whole number, -1 or more");
  });

  test.each(['imagesDir', 'buildLogDir', 'elementsDir'])('fails when %s is no absolute path', prop => {
    expect(() => builder({ [prop]: 'relative' })).toThrow(`[ci/Builder] '${prop}' must be an absolute path without ':' and '..', got "relative"`);
  });

  test.each(['imagesDir', 'buildLogDir', 'elementsDir'])('fails when %s is not spelt as the pod sees it', prop => {
    expect(() => builder({ [prop]: '/a//b/' })).toThrow(`[ci/Builder] '${prop}' must be written without '//', '/./' and a slash at the end, got "/a//b/"; write "/a/b"`);
  });

  test.each<[string, any, string]>([
    ['the key is the name of a Secret', { sshKey: 'mine' }, "'sshKey' must be a SecretSource, such as SecretSource.existing("],
    ['the storage is a size', { storage: '20Gi' }, "'storage' must be a map such as { size: Size.gibibytes(20) }, got \"20Gi\""],
    ['the image of the server is a text', { buildLogs: { image: 'httpd:2.4' } }, "'buildLogs.image' must be a ContainerImage"],
    ['the server asks for more than it may have', { buildLogs: { resources: { memory: { request: Size.gibibytes(2), limit: Size.gibibytes(1) } } } },
      "'buildLogs.resources.memory.request' must not be more than 'buildLogs.resources.memory.limit'"],
  ])('fails when %s', (_, given, message) => {
    expect(() => builder(given)).toThrow(`[ci/Builder] ${message}`);
  });

  test('fails with the base keys of the builder\'s file', () => {
    const config = NodepoolConfig.fromString('images-dir: /x\n');
    expect(() => builder({ config })).toThrow('"images-dir" (use \'builder.imagesDir\')');
  });
});
