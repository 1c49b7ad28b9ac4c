import { NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, since, sleep, waitFor } from '../harness/wait';
import { gap } from '../harness/writer';

export const zookeeperScaling: Scenario = {
  id: 'zookeeper-scaling',
  title: 'an ensemble grows from one member to three to five in the documented steps and keeps its data; a step that would lose it is refused, and does no harm',
  alone: true,
  run: context => LoneEnsemble.in(context, 'growing', ensemble => run(context, ensemble)),
};

async function run({ kubectl }: Context, ensemble: LoneEnsemble): Promise<string> {
  await ensemble.apply({ members: 1 });
  await ensemble.ready();
  const one = await ensemble.write('one');
  await sleep(2);

  // all at once: the two new ones would be a majority, and have nothing.
  const { metadata: { uid } } = await ensemble.pod(0);
  await ensemble.apply({ members: 3 });
  const refusals = await Promise.all([1, 2].map(member => waitFor(`member ${member} refuses to start`, 120, async () => {
    const log = await kubectl.run(['logs', '-n', ensemble.namespace, `${NAME}-${member}`, '-c', 'zookeeper']);
    return /start: (error: .*votingMembers.*)/.exec(log)?.[1];
  }, 1)));
  await sleep(5);
  expectEqual('the first member is the same pod', (await ensemble.pod(0)).metadata.uid, uid);
  expectEqual('the first member leads', await ensemble.mode(0), 'leader');

  const grown: string[] = [];
  const step = async (members: number, votingMembers?: number) => {
    const begun = Date.now();
    await ensemble.apply({ members, votingMembers });
    await ensemble.ready();
    grown.push(`${votingMembers ?? members} of ${members} ${since(begun)}`);
  };
  await step(3, 1);
  const first = await one.stop();
  await step(3);
  const three = await ensemble.write('three');
  await sleep(2);
  await step(5, 3);
  await step(5);
  const second = await three.stop();
  const { checked } = await ensemble.check(one.name);
  return `3 at once beside 1: both new members say "${refusals[0]}", the first one serves on; voting members ready after: ${grown.join(', ')}; `
    + `${checked + second.acknowledged} acknowledged writes are on each of 5 members, 0 lost; the longest gap ${gap(first.longestGap)} from 1 to 3, ${gap(second.longestGap)} from 3 to 5, `
    + `${first.failed() + second.failed()} failed after 5 s of retries`;
}
