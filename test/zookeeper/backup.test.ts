import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { ContainerImage, Platform, Zookeeper, ZookeeperBackup, ZookeeperBackupOptions, ZookeeperBackupProps, ZookeeperSource, ZookeeperTls } from '../../src';
import { container, mounts, named, objects, option, testChart, zookeeper } from '../fixtures';
import { expectGoodManifests, only, synthYaml } from '../manifests';

function backup(props: Partial<ZookeeperBackupProps> = {}) {
  const chart = testChart();
  const part = new ZookeeperBackup(chart, 'Backup', { zookeeper: zookeeper(), ...props });
  const all = objects(chart);
  const cronJob = only(all, 'CronJob');
  const template = cronJob.spec.jobTemplate.spec.template;
  return { chart, part, all, cronJob, template, main: container(template, 'backup') };
}

describe('with every prop', () => {
  const props: Required<Omit<ZookeeperBackupProps, 'claimName'>> = {
    zookeeper: ZookeeperSource.external({ servers: ['zk1', 'zk2'], tlsSecret: 'zk-tls', chroot: '/zuul' }),
    schedule: '0 */6 * * *',
    keep: 30,
    paths: ['/nodepool/images', '/keystorage'],
    storage: { size: Size.gibibytes(1), storageClassName: 'slow' },
    image: ContainerImage.parse('registry.example.com/kazoo:1'),
    resources: { cpu: { limit: Cpu.millis(300) } },
    suspend: true,
    pods: { nodeSelector: { disk: 'ssd' }, runAsUser: 1234, registryMirror: 'mirror.example.com' },
    instanceName: 'old',
    platform: Platform.KUBERNETES,
  };
  const { all, cronJob, template, main } = backup(props);

  test.each<[string, () => unknown, unknown]>([
    ['zookeeper', () => option(main.command, '--servers'), ['zk1:2281,zk2:2281']],
    ['the chroot of zookeeper', () => option(main.command, '--chroot'), ['/zuul']],
    ['the Secret of zookeeper', () => named(template.spec.volumes, 'zookeeper-tls').secret.secretName, 'zk-tls'],
    ['schedule', () => cronJob.spec.schedule, '0 */6 * * *'],
    ['keep and paths', () => main.args, ['save', '--keep', '30', '--path', '/nodepool/images', '--path', '/keystorage']],
    ['storage', () => only(all, 'PersistentVolumeClaim').spec, {
      accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem', storageClassName: 'slow', resources: { requests: { storage: '1Gi' } },
    }],
    ['image', () => main.image, 'mirror.example.com/kazoo:1'],
    ['resources', () => main.resources.limits.cpu, '300m'],
    ['suspend', () => cronJob.spec.suspend, true],
    ['pods', () => [template.spec.nodeSelector, template.spec.securityContext.runAsUser], [{ disk: 'ssd' }, 1234]],
    ['instanceName', () => cronJob.metadata.name, 'old-zookeeper-backup'],
    ['platform', () => template.spec.securityContext.fsGroup, 1234],
  ])('%s', (_, actual, expected) => {
    expect(actual()).toEqual(expected);
  });
});

test.each([Platform.KUBERNETES, Platform.OPENSHIFT])('on %s the manifests pass every check', platform => {
  expectGoodManifests(synthYaml(backup({ platform }).chart), { platform, external: [{ kind: 'Secret', name: 'zookeeper-client-tls' }] });
});

test('one is made at a time, and the volume is kept', () => {
  const { cronJob, all } = backup();
  expect(cronJob.spec).toMatchObject({ concurrencyPolicy: 'Forbid', timeZone: 'Etc/UTC' });
  expect(only(all, 'PersistentVolumeClaim').metadata.annotations!['argocd.argoproj.io/sync-options']).toBe('Prune=false,Delete=false');
});

test('the claim itself grows: no StatefulSet made it', () => {
  const storage = { size: Size.gibibytes(1), expandTo: Size.gibibytes(2) };
  expect(only(backup({ storage }).all, 'PersistentVolumeClaim').spec.resources.requests.storage).toBe('2Gi');
});

test('a claim that exists is mounted, and none is made', () => {
  const { all, part, template, main } = backup({ claimName: 'theirs' });
  expect(all.some(object => object.kind === 'PersistentVolumeClaim')).toBe(false);
  expect(part.volumeClaim).toBeUndefined();
  expect(named(template.spec.volumes, 'backup').persistentVolumeClaim.claimName).toBe('theirs');
  expect(mounts(main)['/backup']).toBe('backup');
});

test('the pods of an ensemble with two generations trust both', () => {
  const chart = testChart();
  new Zookeeper(chart, 'Zookeeper', { backup: {}, tls: ZookeeperTls.certManager({ generations: ['1', '2'] }) });
  const { template } = only(objects(chart), 'CronJob').spec.jobTemplate.spec;
  expect(option(container(template, 'backup').command, '--ca')).toEqual(['/tls/authorities']);
  expect(named(template.spec.volumes, 'zookeeper-authorities').projected.sources).toHaveLength(2);
});

test('the ensemble\'s pods and those of its backup are not each other\'s', () => {
  const chart = testChart();
  const ensemble = new Zookeeper(chart, 'Zookeeper', { backup: {} });
  expect(ensemble.backup).toBeDefined();
  const [set, job] = ['StatefulSet', 'CronJob'].map(kind => only(objects(chart), kind));
  expect(job.spec.jobTemplate.spec.template.metadata.labels.run).not.toBe(set.spec.selector.matchLabels.run);
});

test.each<[string, ZookeeperBackupOptions, string]>([
  ['the schedule is none', { schedule: 'every night' }, "'schedule' must be minute, hour, day, month and weekday as cron has them"],
  ['a switch is a text', { suspend: 'false' as any }, "'suspend' must be true or false, got \"false\""],
  ['nothing is kept', { keep: 0 }, "'keep' must be a whole number, 1 or more, got 0"],
  ['a path lies in another', { paths: ['/nodepool', '/nodepool/images'] }, "'paths' has \"/nodepool/images\" twice"],
  ['a path stands twice', { paths: ['/a', '/b', '/a'] }, "'paths' has \"/a\" twice"],
  ['a path is none', { paths: ['nodepool'] }, "'paths' must be paths below the chroot"],
  ['there are two volumes', { claimName: 'a', storage: {} }, "'storage' and 'claimName' are both given"],
  ['the claim has no name', { claimName: 'No_Name' }, "'claimName' must be an object's name"],
  ['the volume shrinks', { storage: { expandTo: Size.gibibytes(1) } }, "'storage.expandTo' must be more than 'storage.size' (5Gi)"],
  ['an option is misspelt', { retain: 3 } as any, "'retain' is unknown"],
])('fails when %s', (_, options, message) => {
  expect(() => backup(options)).toThrow(`[ci/Backup] ${message}`);
});

test('fails in an ensemble with the place', () => {
  expect(() => new Zookeeper(testChart(), 'Zookeeper', { backup: { keep: 0 } })).toThrow("[ci/Zookeeper/Backup] 'keep' must be");
  expect(() => new Zookeeper(testChart(), 'Zookeeper', { backup: { kept: 0 } as any })).toThrow("[ci/Zookeeper] 'backup.kept' is unknown");
});
