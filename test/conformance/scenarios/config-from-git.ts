import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { configRepository } from '../../../examples/config-repository/chart';
import { synthesized } from '../harness/deployment';
import { GitRepository } from '../harness/git-repository';
import { takeAway } from '../harness/removal';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, sleep, waitFor } from '../harness/wait';
import { ZUUL } from '../standins/manifests';
import { ZookeeperSource } from 'cdk8s-nodepool';

const LAUNCHER = 'run=config-git-launcher';
const FILE = readFileSync(join(__dirname, '../../../examples/config-repository/repository/nodepool.yaml'), 'utf8').replace('cloud: example', 'cloud: cloud-one');
const SET_ELSEWHERE = `${FILE}\nzookeeper-servers: [{host: elsewhere.example.com}]\n`;
const withLabel = (name: string) => FILE.replace('labels:\n', `labels:\n  - name: ${name}\n`)
  .replace('        labels:\n', `        labels:\n          - name: ${name}\n            diskimage: fedora\n            min-ram: 4096\n`);

export const configFromGit: Scenario = {
  id: 'config-from-git',
  title: 'nodepool.yaml from a Git repository is renewed without restart; a broken commit is not taken, neither at the start nor later',
  async run(context) { return run(context, await GitRepository.during(context)); },
};

async function run(context: Context, repository: GitRepository): Promise<string> {
  const { cluster, kubectl, cleanup } = context;
  const stack = synthesized(app => configRepository(app, {
    instanceName: 'config-git',
    url: GitRepository.URL,
    interval: Duration.seconds(5),
    zookeeper: ZookeeperSource.external({ servers: ['zookeeper.zuul.svc:2281'], tlsSecret: 'zookeeper-client-tls', chroot: '/config-git' }),
  }));
  await cluster.provideImages(stack);
  cleanup(() => takeAway(cluster, stack));
  await push(repository, SET_ELSEWHERE);
  await kubectl.apply(stack);
  await logged(context, /zookeeper-servers/);
  expectEqual('ready launchers with a broken first commit', (await kubectl.readyPods(ZUUL, LAUNCHER)).length, 0);
  const corrected = Date.now();
  await push(repository, FILE);
  await kubectl.rolledOut(ZUUL, 'deployment/config-git-launcher');
  const started = since(corrected);
  const before = await state(context);
  expectEqual('labels', before.labels, ['fedora']);

  const pushed = Date.now();
  await push(repository, withLabel('pushed'));
  await waitFor('the pushed label', 240, async () => (await labels(context)).includes('pushed'));
  const seen = since(pushed);
  const broken = await push(repository, SET_ELSEWHERE);
  await waitFor(`commit ${broken} is refused`, 240, async () => (await log(context)).includes(`${broken} is refused, commit`));
  // longer than the pods take to fetch again, and the launcher to read again.
  await sleep(10);
  const ready = (await kubectl.readyPods(ZUUL, LAUNCHER)).length;
  expectEqual('while the broken commit is there: labels, ready pods', [await labels(context), ready], [['fedora', 'pushed'], 1]);
  await push(repository, withLabel('fixed'));
  await waitFor('the fixed label', 240, async () => (await labels(context)).includes('fixed'));
  expectEqual('times that the broken commit was refused', (await log(context)).split(`${broken} is refused`).length - 1, 1);
  expectEqual('pod, restarts, processes', { ...await state(context), labels: before.labels }, before);
  await kubectl.rolledOut(ZUUL, 'statefulset/config-git-builder');
  return `a broken first commit: not ready, the log names zookeeper-servers; ready ${started} after a good one; a pushed label after ${seen}; a broken commit: refused `
    + 'once, ready, the labels stayed; a fixed one taken; same pod, same processes, no restart';
}

/** Commits the file of the launcher, and one of the builder; the hash of the commit. */
function push(repository: GitRepository, text: string): Promise<string> {
  return repository.push({ 'nodepool/nodepool.yaml': text, 'nodepool/nodepool-builder.yaml': '{labels: [], providers: [], diskimages: []}\n' });
}

async function log({ kubectl }: Context, container = 'config-check'): Promise<string> {
  const [pod] = await kubectl.list('pods', ZUUL, LAUNCHER);
  return kubectl.run(['logs', '-n', ZUUL, pod.metadata.name, '-c', container]);
}

async function logged(context: Context, what: RegExp): Promise<void> {
  await waitFor(`config-first-check says ${what}`, 120, async () => what.test(await log(context, 'config-first-check')));
}

async function labels({ kubectl }: Context): Promise<string[]> {
  const page = await kubectl.page(ZUUL, 'config-git-launcher', 8006, '/label-list');
  return [...page.matchAll(/^\| (\S+) +\|/gm)].map(([, label]) => label).filter(label => label !== 'Label').sort();
}

async function state(context: Context): Promise<any> {
  const [pod, ...more] = await context.kubectl.list('pods', ZUUL, LAUNCHER);
  expectThat(more.length === 0, 'there is more than one pod of the launcher');
  const processes = await context.kubectl.exec(ZUUL, pod.metadata.name, ['pgrep', '-f', 'nodepool-launcher'], { container: 'launcher' });
  return {
    uid: pod.metadata.uid,
    restarts: pod.status.containerStatuses.map((each: any) => each.restartCount),
    processes: processes.split('\n'),
    labels: await labels(context),
  };
}
