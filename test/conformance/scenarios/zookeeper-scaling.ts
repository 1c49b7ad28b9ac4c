import { NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, since, sleep, waitFor } from '../harness/wait';
import { gap, Written } from '../harness/writer';

export const zookeeperScaling: Scenario = {
  id: 'zookeeper-scaling',
  title: 'an ensemble grows from one member to three to five in the documented steps and keeps its data; a step that would lose it is refused, and does no harm',
  alone: true,
  pending: 'it takes ten minutes, which the hour of the checks does not have',
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
    return /start: error: (.*votingMembers.*)/.exec(log)?.[1];
  }, 1)));
  await sleep(5);
  expectEqual('the first member is the same pod', (await ensemble.pod(0)).metadata.uid, uid);
  expectEqual('the first member leads', await ensemble.mode(0), 'leader');

  const grown: string[] = [];
  const step = async (members: number, votingMembers?: number, newMembersVote?: boolean) => {
    const begun = Date.now();
    await ensemble.apply({ members, votingMembers, newMembersVote });
    await ensemble.ready();
    grown.push(`${members}${votingMembers ? ` (${votingMembers} before${newMembersVote ? ', the new ones vote' : ''})` : ''} ${since(begun)}`);
  };
  const written: Written[] = [];
  /** The documented steps; who begins to write when the members are there goes on until the last one. */
  const grow = async (from: number, to: number) => {
    await step(to, from);
    const writer = await ensemble.write(`to-${to}`);
    await sleep(2);
    await step(to, from, true);
    await step(to);
    written.push(await writer.stop());
  };
  await grow(1, 3);
  written.push(await one.stop());
  await grow(3, 5);
  const { checked } = await ensemble.check(one.name);
  const total = written.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const failed = written.reduce((sum, each) => sum + each.failed(), 0);
  const longest = Math.max(...written.map(each => each.longestGap));
  await ensemble.remove();
  return `3 at once beside 1: both new members say "${refusals[0]}", the first one serves on; ready after: ${grown.join(', ')}; ${total} acknowledged writes, `
    + `0 lost, ${checked} of them looked for again on all 5; the longest gap ${gap(longest)}, ${failed} failed after 5 s of retries`;
}
