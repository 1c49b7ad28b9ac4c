import { execFileSync } from 'node:child_process';
import { App } from 'cdk8s';
import { parseManifests } from '../../manifests/objects';
import { synthesized } from '../harness/deployment';
import { Kubectl, Manifest } from '../harness/kubectl';
import { provideGround, takeAway } from '../harness/removal';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, waitFor } from '../harness/wait';
import { NodepoolConfig, NodepoolStack, ZookeeperSource } from 'cdk8s-nodepool';

const COMPLETE = 'examples/complete/kubernetes.golden.yaml';
const CLAIM = 'nodepool-builder-nodepool-builder-0';

export const upgrade: Scenario = {
  id: 'upgrade',
  title: 'earlier versions of every golden are upgraded to today\'s; volumes and keys stay, and the launcher serves; two stacks live in one namespace',
  apiOnly: true,
  async run(context) {
    const seen: string[] = [];
    // the goldens share its names.
    await takeAway(context.cluster, context.deployment.manifests());
    for (const golden of git('ls-files', 'examples/*/*.golden.yaml')) {
      const versions = earlier(golden);
      for (const commit of versions) { await acceptsUpgrade(context, commit, golden); }
      seen.push(`${golden.replace(/^examples\/|\.golden\.yaml$/g, '')} ${versions.length}`);
    }
    const shallow = git('rev-parse', '--is-shallow-repository')[0] === 'true' ? ' (a shallow clone: there may have been more)' : '';
    expectThat(shallow || seen.some(each => !each.endsWith(' 0')), 'no golden has an earlier version, though all of the history is here');
    const accepted = `earlier versions of ${seen.join(', ')}${shallow}: all upgraded to today's, no immutable field`;
    if (context.cluster.apiOnly) { return accepted; }
    const served: string[] = [];
    for (const commit of earlier(COMPLETE)) { served.push(await servesAfterUpgrade(context, commit)); }
    return `${accepted}; complete, running, ${served.join(', ')}, key and volume the same; ${await twoStacks(context)}`;
  },
};

/** The oldest and the newest earlier version of a golden that differ from today's, by their commits. A new golden has none. */
function earlier(golden: string): string[] {
  const today = git('rev-parse', `HEAD:${golden}`)[0];
  const versions = git('log', '--format=%H', '--', golden).filter(commit => exists(commit, golden) && git('rev-parse', `${commit}:${golden}`)[0] !== today);
  return [...new Set([versions[versions.length - 1], versions[0]])].filter(commit => commit !== undefined);
}

function manifestsAt(commit: string, golden: string): Manifest[] {
  return parseManifests(git('show', `${commit}:${golden}`).join('\n')) as Manifest[];
}

/** The API server takes today's manifests over those of a commit, and the claim that these made stays. Whether the pods start is not looked at. */
async function acceptsUpgrade({ cluster, kubectl }: Context, commit: string, golden: string): Promise<void> {
  const today = manifestsAt('HEAD', golden);
  const before = manifestsAt(commit, golden);
  await provideGround(kubectl, before);
  await kubectl.apply(before);
  const builder = before.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'nodepool-builder');
  const claim = async () => (await kubectl.find('pvc', CLAIM, builder?.metadata.namespace ?? 'default'))?.metadata.uid;
  const uid = builder && !cluster.apiOnly ? await waitFor(`the claim of ${golden} from ${commit.slice(0, 7)}`, 30, claim) : undefined;
  await kubectl.apply(today);
  expectEqual(`the claim of ${golden} from ${commit.slice(0, 7)}`, await claim(), uid);
  const names = new Set(today.map(nameOf));
  await takeAway(cluster, [...today, ...before.filter(object => !names.has(nameOf(object)))], { atOnce: true });
}

/** A deployment of a commit runs, with all that it needs; after the upgrade it serves with the same key and volume. */
async function servesAfterUpgrade({ cluster, kubectl, deployment }: Context, commit: string): Promise<string> {
  const before = manifestsAt(commit, COMPLETE);
  await deployment.prepare();
  await cluster.provideImages(before);
  await kubectl.apply(before);
  const rolledOut = () => Promise.all([kubectl.rolledOut('zuul', 'deployment/nodepool-launcher'), kubectl.rolledOut('zuul', 'statefulset/nodepool-builder')]);
  await rolledOut();
  const kept = await keyAndVolume(kubectl);
  const begun = Date.now();
  await deployment.ready();
  const seconds = since(begun);
  const { nodes } = await deployment.nodes(['pod']);
  await deployment.giveBack(nodes);
  expectEqual(`key and volume after the upgrade from ${commit.slice(0, 7)}`, await keyAndVolume(kubectl), kept);
  const today = deployment.manifests();
  const names = new Set(today.map(nameOf));
  await takeAway(cluster, [...today, ...before.filter(object => !names.has(nameOf(object)))]);
  return `from ${commit.slice(0, 7)} upgraded in ${seconds}`;
}

/** The versions of the builder's key, of its claim and of the volume behind it. */
async function keyAndVolume(kubectl: Kubectl): Promise<string[]> {
  const [key, claim] = [await kubectl.get('secret', 'nodepool-builder-ssh-key', 'zuul'), await kubectl.get('pvc', CLAIM, 'zuul')];
  return [key.metadata.resourceVersion, claim.metadata.uid, claim.spec.volumeName];
}

/** The example beside a second stack: both launchers are ready, the first serves, and neither touches what is the other's. */
async function twoStacks({ cluster, kubectl, deployment }: Context): Promise<string> {
  await deployment.ready();
  const before = await keyAndVolume(kubectl);
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
  expectEqual('pods that each Service selects', await Promise.all(['nodepool', 'second'].map(name => endpoints(kubectl, `${name}-launcher`))), [1, 1]);
  await takeAway(cluster, second.filter(({ kind }) => kind !== 'Namespace'));
  await deployment.ready();
  expectEqual('key and volume', await keyAndVolume(kubectl), before);
  return `a second stack beside the first: both ready, the first served in ${seconds} s, key and volume untouched`;
}

async function endpoints(kubectl: Kubectl, service: string): Promise<number> {
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
