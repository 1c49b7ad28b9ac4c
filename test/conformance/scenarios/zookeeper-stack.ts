import { onOwnEnsemble } from '../harness/own-ensemble';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, waitFor } from '../harness/wait';

/** How long a server takes to boot: long enough for the leader to die meanwhile. */
const BOOT_SECONDS = 10;

export const zookeeperStack: Scenario = {
  id: 'zookeeper-stack',
  title: 'the complete example with its own ensemble: a node request is fulfilled while the leader dies',
  run: context => onOwnEnsemble(context, async ensemble => {
    const { deployment } = context;
    await deployment.readyImage();
    const before = await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]);
    await deployment.setOpenstack({ boot_seconds: BOOT_SECONDS });
    try {
      const leader = await ensemble.leader();
      const request = deployment.startRequest(['server']);
      await waitFor('a server boots', 60, async () => (await deployment.openstack()).servers[0], 0.2);
      const boots = Date.now();
      await ensemble.signal(leader, 'SIGKILL');
      const begun = Date.now();
      expectThat(begun - boots < (BOOT_SECONDS - 2) * 1000, `the leader was killed ${since(boots)} after the server was seen, when it may have booted`);
      await ensemble.leader([0, 1, 2].filter(member => member !== leader));
      const elected = since(begun);
      const answer = JSON.parse(await request.done);
      expectEqual('what became of the request', answer.state, 'fulfilled');
      await ensemble.ready();
      expectEqual('pods, starts and restarts', await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]), before);
      await deployment.release(answer.nodes);
      await deployment.nothingLeft();
      return `a request for a server that boots for ${BOOT_SECONDS} s is fulfilled in ${answer.seconds} s, the leader killed meanwhile, another one ${elected} later; `
        + 'Zuul with a certificate of its own; nothing left after the release; same pods, same processes';
    } finally {
      await deployment.setOpenstack({ boot_seconds: 1 });
    }
  }),
};
