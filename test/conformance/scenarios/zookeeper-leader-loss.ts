import { Ensemble, NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, sleep, waitFor } from '../harness/wait';
import { gap } from '../harness/writer';

export const zookeeperLeaderLoss: Scenario = {
  id: 'zookeeper-leader-loss',
  title: 'a member dies, is deleted or hangs, also the leader, and the node is drained: clients go on writing, and nothing acknowledged is lost',
  alone: true,
  run: context => LoneEnsemble.shared(context, ensemble => run(context, ensemble)),
};

const HANGS = 'the leader hangs';

/** In seconds: what ZooKeeper's usual ticks cost at the least. */
const MOST_OF_A_HUNG_LEADER = 24;

async function run(context: Context, ensemble: Ensemble): Promise<string> {
  const others = (member: number) => [0, 1, 2].filter(each => each !== member);
  const settled = async () => { await ensemble.ready(); await sleep(2); };
  const writer = await ensemble.write('leader-loss');
  await sleep(2);
  const begun: [string, number][] = [];
  const now = (what: string) => begun.push([what, Date.now()]);

  const killed = await ensemble.leader();
  now('the leader is killed');
  await ensemble.signal(killed, 'SIGKILL');
  await ensemble.leader(others(killed));
  await settled();

  const leader = await ensemble.leader();
  now('its pod is deleted');
  await ensemble.deletePod(leader);
  await settled();
  const [follower] = others(await ensemble.leader());
  now('a follower\'s is');
  await ensemble.deletePod(follower);
  await settled();

  // stopped, its connections stay open: only time tells that it hangs. It wakes as a leader, and must find out that it is none.
  const hung = await ensemble.leader();
  now(HANGS);
  await ensemble.signal(hung, 'SIGSTOP');
  await ensemble.leader(others(hung));
  await sleep(4);
  now('it wakes');
  await ensemble.signal(hung, 'SIGCONT');
  await settled();

  now('the pods are evicted');
  const drained = await drain(context, ensemble);
  await settled();

  const written = await writer.stop();
  const seen = begun.map(([what, from], index) => {
    const to = begun[index + 1]?.[1];
    const failed = written.failed(from, to);
    const { nobody, last } = written.outage(from, to);
    if (what === HANGS) {
      expectThat(nobody < MOST_OF_A_HUNG_LEADER, `${what}, and nobody could write for ${gap(nobody)}`);
    } else {
      expectEqual(`writes that failed after 5 s of retries when ${what}`, failed, 0);
    }
    return `${what} ${gap(nobody)}, for the last client ${gap(last)}${failed > 0 ? ` (${failed} failed after 5 s of retries)` : ''}`;
  });
  return `writes succeed again after ${seen.join('; ')}. ${drained}; ${written.acknowledged} acknowledged writes are on every member, 0 lost`;
}

/** kubectl drain as an administrator does it; the node is there again at once, for it is the only one. */
async function drain({ kubectl }: Context, ensemble: Ensemble): Promise<string> {
  const pods = await ensemble.pods();
  let fewest = pods.length;
  let over = false;
  const watched = (async () => {
    while (!over) { fewest = Math.min(fewest, (await kubectl.readyPods(ensemble.namespace, `run=${NAME}`)).length); }
  })();
  const said: string[] = [];
  for (const node of new Set(pods.map(pod => pod.spec.nodeName as string))) {
    const draining = kubectl.start(['drain', node, `--pod-selector=run=${NAME}`, '--delete-emptydir-data', '--ignore-daemonsets', '--timeout=300s'], { timeout: 320 });
    await waitFor(`${node} is cordoned`, 30, async () => (await kubectl.get('node', node)).spec.unschedulable);
    await kubectl.run(['uncordon', node]);
    await draining.done;
    said.push(draining.output());
  }
  over = true;
  await watched;
  const text = said.join('\n');
  const evicted = [...text.matchAll(/^pod\/(\S+) evicted$/gm)].map(([, name]) => name).sort();
  expectThat(JSON.stringify(evicted) === JSON.stringify(pods.map(pod => pod.metadata.name).sort()), `the drain evicts ${evicted.join(', ')}:\n${text}`);
  expectThat(text.includes('disruption budget'), `the drain was never held up by the PodDisruptionBudget:\n${text}`);
  expectEqual('the fewest ready members during the drain', fewest, pods.length - 1);
  return `The drain evicts ${pods.length} members one by one, held up by the PodDisruptionBudget, never fewer than ${fewest} ready`;
}
