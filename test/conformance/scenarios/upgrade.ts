import { execFileSync } from 'node:child_process';
import { App } from 'cdk8s';
import { parseManifests } from '../../manifests/objects';
import { synthesized } from '../harness/deployment';
import { Manifest } from '../harness/kubectl';
import { provideGround, takeAway } from '../harness/removal';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, waitFor } from '../harness/wait';
import { NodepoolConfig, NodepoolStack, ZookeeperSource } from 'cdk8s-nodepool';

const CLAIM = 'nodepool-builder-nodepool-builder-0';

export const upgrade: Scenario = {
  id: 'upgrade',
  title: 'earlier versions of every golden are upgraded to today\'s; volumes and keys stay; two stacks live in one namespace',
  apiOnly: true,
  async run(context) {
    const seen: string[] = [];
    // the goldens share its names.
    await takeAway(context.cluster, context.deployment.manifests());
    for (const golden of git('ls-files', 'examples/*/kubernetes.golden.yaml', 'examples/*/minimal.golden.yaml')) {
      const versions = earlier(golden);
      await upgradeThrough(context, versions, golden);
      seen.push(`${golden.split('/')[1]} ${versions.length}`);
    }
    const shallow = git('rev-parse', '--is-shallow-repository')[0] === 'true' ? ' (a shallow clone: there may have been more)' : '';
    const upgraded = `earlier versions of ${seen.join(', ')}${shallow}: all upgraded to today's, no immutable field`;
    return context.cluster.apiOnly ? upgraded : `${upgraded}; ${await twoStacks(context)}`;
  },
};

/** The oldest and the newest earlier version of a golden that differ from today's, by their commits. */
function earlier(golden: string): string[] {
  const today = git('rev-parse', `HEAD:${golden}`)[0];
  const versions = git('log', '--format=%H', '--', golden).filter(commit => exists(commit, golden) && git('rev-parse', `${commit}:${golden}`)[0] !== today);
  return [...new Set([versions[versions.length - 1], versions[0]])].filter(commit => commit !== undefined);
}

async function upgradeThrough({ cluster, kubectl }: Context, commits: string[], golden: string): Promise<void> {
  const at = (commit: string) => parseManifests(git('show', `${commit}:${golden}`).join('\n')) as Manifest[];
  const today = at('HEAD');
  for (const commit of commits) {
    await takeAway(cluster, today, { atOnce: true });
    const before = at(commit);
    await provideGround(kubectl, before);
    await kubectl.apply(before);
    const builder = before.find(({ kind }) => kind === 'StatefulSet');
    const claim = async () => (await kubectl.find('pvc', CLAIM, builder?.metadata.namespace ?? 'default'))?.metadata.uid;
    const uid = builder && !cluster.apiOnly ? await waitFor(`the claim of ${golden} from ${commit.slice(0, 7)}`, 30, claim) : undefined;
    await kubectl.apply(today);
    expectEqual(`the claim of ${golden} from ${commit.slice(0, 7)}`, await claim(), uid);
    const names = new Set(today.map(nameOf));
    await takeAway(cluster, [...today, ...before.filter(object => !names.has(nameOf(object)))], { atOnce: true });
  }
}

/** The example beside a second stack; the launcher of each serves, and neither touches what is the other's. */
async function twoStacks({ cluster, kubectl, deployment }: Context): Promise<string> {
  await deployment.ready();
  const key = () => kubectl.get('secret', 'nodepool-builder-ssh-key', 'zuul').then(secret => secret.metadata.resourceVersion);
  const before = [await key(), (await kubectl.get('pvc', CLAIM, 'zuul')).metadata.uid];
  const second = synthesized((app: App) => new NodepoolStack(app, 'second', {
    namespace: 'zuul',
    instanceName: 'second',
    config: NodepoolConfig.fromObject({
      labels: [{ name: 'only-here' }],
      providers: [{ name: 'rack', driver: 'static', pools: [{ name: 'main', nodes: [] }] }],
    }),
    zookeeper: ZookeeperSource.external({ servers: ['zookeeper.zuul.svc:2281'], tlsSecret: 'zookeeper-client-tls', chroot: '/second' }),
  }));
  await cluster.provideImages(second);
  await kubectl.apply(second);
  await kubectl.rolledOut('zuul', 'deployment/second-launcher');
  await deployment.ready();
  const { nodes, seconds } = await deployment.nodes(['pod']);
  await deployment.giveBack(nodes);
  expectEqual('pods that each Service selects', await Promise.all(['nodepool', 'second'].map(name => endpoints({ kubectl } as Context, `${name}-launcher`))), [1, 1]);
  await takeAway(cluster, second.filter(({ kind }) => kind !== 'Namespace'));
  await deployment.ready();
  expectEqual('key and claim', [await key(), (await kubectl.get('pvc', CLAIM, 'zuul')).metadata.uid], before);
  return `a second stack beside the first: both ready, the first served in ${seconds} s, key and claim untouched`;
}

async function endpoints({ kubectl }: Context, service: string): Promise<number> {
  const slices = await kubectl.list('endpointslices', 'zuul', `kubernetes.io/service-name=${service}`);
  return slices.flatMap(slice => slice.endpoints ?? []).length;
}

function nameOf({ kind, metadata }: Manifest): string { return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`; }

function exists(commit: string, file: string): boolean {
  return git('ls-tree', '--name-only', commit, '--', file).length > 0;
}

function git(...args: string[]): string[] {
  const text = execFileSync('git', args, { cwd: `${__dirname}/../../..`, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
}
