import { BackupJobs } from '../harness/backup-jobs';
import { NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, sleep, waitFor } from '../harness/wait';

export const zookeeperBackup: Scenario = {
  id: 'zookeeper-backup',
  title: 'what the backup has saved is written into an ensemble whose volumes are lost, by the documented commands; one that has nodes is left alone',
  run: context => LoneEnsemble.in(context, 'saved', ensemble => run(context, ensemble)),
};

async function run({ kubectl }: Context, ensemble: LoneEnsemble): Promise<string> {
  const inNamespace = ['-n', ensemble.namespace];
  const jobs = new BackupJobs(kubectl, ensemble.namespace, `${NAME}-backup`);
  await ensemble.apply({ members: 1, backup: {} });
  await ensemble.ready();
  const writer = await ensemble.write('saved');
  await sleep(3);
  const { acknowledged } = await writer.stop();
  const numbers = async () => ensemble.client(['next', writer.name, ...ensemble.servers]) as Promise<number>;
  await numbers();
  const last = await numbers();
  const saved = await jobs.save('saved-by-hand');

  await ensemble.scale(0);
  await waitFor('the member is gone', 90, async () => (await ensemble.pods()).length === 0);
  await kubectl.run(['delete', 'pvc', ...inNamespace, '-l', `run=${NAME}`], { timeout: 70 });
  await ensemble.scale(1);
  await ensemble.ready();
  const left = await ensemble.check(writer.name).then(() => 'everything', () => 'nothing');
  expectEqual('what is there without the volume', left, 'nothing');

  const restored = await jobs.restore('restored');
  const { checked } = await ensemble.check(writer.name);
  expectEqual('writes that are there again', checked, acknowledged);
  const next = await numbers();
  expectThat(next > last, `the next sequential node gets number ${next}, and number ${last} was there before`);

  await jobs.startRestore('again');
  const refusal = await waitFor('the ensemble with nodes is left alone', 90, async () => /backup: (.*(?:already|not empty).*)/.exec(await jobs.log('again'))?.[1], 1);
  await ensemble.remove();
  return `${saved}; the volume deleted; ${restored}: all ${checked} nodes are there again with their content, a sequential node goes on from number ${last} with ${next}; a second time: "${refusal}"`;
}
