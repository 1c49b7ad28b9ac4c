import { Ensemble, NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, sleep, waitFor } from '../harness/wait';

/** Longer than liveness takes to give up. */
const WITHOUT_QUORUM = 60;

export const zookeeperProbes: Scenario = {
  id: 'zookeeper-probes',
  title: 'readiness tells who serves, and only a member that hangs is started again: not one that starts, nor one without a quorum',
  run: context => LoneEnsemble.shared(context, async ensemble => {
    const leader = await ensemble.leader();
    expectEqual('ready and started, of leader and followers', await Promise.all([0, 1, 2].map(member => state(ensemble, member))), Array(3).fill(SERVES));
    const starting = await starts(ensemble, (leader + 1) % 3);
    const alone = await withoutQuorum(context, ensemble);
    const hung = await hangs(ensemble, (await ensemble.leader() + 1) % 3);
    return `leader and followers: ready; starting: ${starting}; one of three: ${alone}; hung: ${hung}`;
  }),
};

const SERVES = { ready: true, started: true };

async function state(ensemble: Ensemble, member: number): Promise<{ ready: boolean; started: boolean }> {
  const { ready, started } = container(await ensemble.pod(member));
  return { ready, started };
}

function container(pod: any): any {
  return pod.status.containerStatuses?.find(({ name }: any) => name === 'zookeeper') ?? { ready: false, started: false, restartCount: 0 };
}

/** Every state that a member goes through until it serves: it is never ready before it has started and answers with its mode. */
async function starts(ensemble: Ensemble, member: number): Promise<string> {
  const { metadata: { uid } } = await ensemble.pod(member);
  await ensemble.deletePod(member);
  const begun = Date.now();
  const states = new Set<string>();
  await waitFor('a new pod serves', 120, async () => {
    const pod = await ensemble.pod(member);
    const { ready, started, state: { running } = { running: undefined } } = container(pod);
    if (pod.metadata.uid === uid || !running) { return false; }
    states.add(`${started ? 'started' : 'starting'}, ${ready ? 'ready' : 'not ready'}`);
    return ready;
  }, 0.1);
  expectThat(states.has('starting, not ready'), `it went through ${[...states].join('; ')}`);
  expectEqual('restarts of a member that has started', container(await ensemble.pod(member)).restartCount, 0);
  return `not ready, ready after ${since(begun)}, no restart`;
}

async function withoutQuorum({ kubectl }: Context, ensemble: Ensemble): Promise<string> {
  const { restartCount } = container(await ensemble.pod(0));
  await ensemble.scale(1);
  const begun = Date.now();
  await waitFor('a member alone is not ready', 120, async () => !(await state(ensemble, 0)).ready, 0.2);
  const seconds = since(begun);
  await sleep(WITHOUT_QUORUM);
  expectEqual('what a member alone says of itself', (await ensemble.ask('srvr', 0)).trim(), 'This ZooKeeper instance is not currently serving requests');
  expectEqual('restarts of a member alone', container(await ensemble.pod(0)).restartCount, restartCount);
  expectEqual('ready members without a quorum', (await kubectl.readyPods(ensemble.namespace, `run=${NAME}`)).length, 0);
  const back = Date.now();
  await ensemble.scale(3);
  await ensemble.ready();
  return `not ready after ${seconds}, not restarted in ${WITHOUT_QUORUM} s, all ready ${since(back)} after the others are back`;
}

async function hangs(ensemble: Ensemble, member: number): Promise<string> {
  const before = container(await ensemble.pod(member));
  await ensemble.signal(member, 'SIGSTOP');
  const begun = Date.now();
  await waitFor('a member that hangs is not ready', 60, async () => !(await state(ensemble, member)).ready, 0.2);
  const unready = since(begun);
  await waitFor('a member that hangs is started again', 180, async () => container(await ensemble.pod(member)).restartCount > before.restartCount);
  const restarted = since(begun);
  await ensemble.ready();
  return `not ready after ${unready}, started again after ${restarted}, ready after ${since(begun)}`;
}
