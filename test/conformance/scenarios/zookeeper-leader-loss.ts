import { Ensemble, NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, sleep, waitFor } from '../harness/wait';
import { gap } from '../harness/writer';

export const zookeeperLeaderLoss: Scenario = {
  id: 'zookeeper-leader-loss',
  title: 'a member dies, is deleted or hangs, also the leader, and the node is drained: clients go on writing, and nothing acknowledged is lost',
  run: context => LoneEnsemble.shared(context, ensemble => run(context, ensemble)),
};

async function run(context: Context, ensemble: Ensemble): Promise<string> {
  const others = (member: number) => [0, 1, 2].filter(each => each !== member);
  const settled = async () => { await ensemble.ready(); await sleep(2); };
  const writer = await ensemble.write('leader-loss');
  await sleep(2);
  const begun: Record<string, number> = {};

  const killed = await ensemble.leader();
  begun.killed = Date.now();
  await ensemble.signal(killed, 'SIGKILL');
  await ensemble.leader(others(killed));
  await settled();

  const [follower] = others(await ensemble.leader());
  begun.follower = Date.now();
  await ensemble.deletePod(follower);
  await settled();
  const leader = await ensemble.leader();
  begun.leader = Date.now();
  await ensemble.deletePod(leader);
  await settled();

  // stopped, its connections stay open: only time tells that it hangs. It wakes as a leader, and must find out that it is none.
  const hung = await ensemble.leader();
  begun.hung = Date.now();
  await ensemble.signal(hung, 'SIGSTOP');
  await ensemble.leader(others(hung));
  await sleep(4);
  begun.woken = Date.now();
  await ensemble.signal(hung, 'SIGCONT');
  await settled();

  begun.drained = Date.now();
  const drained = await drain(context, ensemble);
  await settled();

  const written = await writer.stop();
  const failed = written.failed();
  expectEqual('writes that failed for another reason than the leader that hung', written.failed(begun.hung, begun.drained), failed);
  const outage = (what: string) => gap(written.outageAfter(begun[what]));
  return `writes succeed again ${outage('killed')} after the leader is killed, ${outage('leader')} after its pod is deleted, ${outage('follower')} after a follower's, `
    + `${outage('hung')} after it hangs, ${outage('woken')} after that one wakes; ${drained}, the longest gap meanwhile ${gap(written.longestGapBetween(begun.drained, Infinity))}; `
    + `${written.acknowledged} acknowledged writes are on every member, 0 lost; ${failed} failed after 5 s of retries, all while it hung`;
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
  expectEqual('pods that the drain has evicted', [...text.matchAll(/^pod\/\S+ evicted$/gm)].length, pods.length);
  expectThat(text.includes('disruption budget'), `the drain was never held up by the PodDisruptionBudget:\n${text}`);
  expectEqual('the fewest ready members during the drain', fewest, pods.length - 1);
  return `kubectl drain evicts ${pods.length} members one by one, held up by the PodDisruptionBudget, never fewer than ${fewest} ready`;
}
