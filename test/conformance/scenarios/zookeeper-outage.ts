import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, sleep, waitFor } from '../harness/wait';

const SECONDS = 60;

export const zookeeperOutage: Scenario = {
  id: 'zookeeper-outage',
  title: 'ZooKeeper goes away for a minute and comes back: nothing is restarted, and requests are served again',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    await deployment.readyImage();
    const builds = async () => await deployment.zuul('images') as any[];
    const before = await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]);
    const scale = (replicas: number) => kubectl.run(['scale', 'statefulset/zookeeper', '-n', 'zuul', `--replicas=${replicas}`]);
    await scale(0);
    await waitFor('ZooKeeper is gone', 60, async () => (await kubectl.list('pods', 'zuul', 'app=zookeeper')).length === 0);
    const gone = Date.now();
    let looks = 0;
    for (; Date.now() - gone < SECONDS * 1000; looks++) {
      const after = since(gone);
      expectEqual(`/ready, ${after} without ZooKeeper`, await deployment.page('/ready'), 'OK');
      expectEqual(`ready pods of the launcher, ${after} without ZooKeeper`, (await kubectl.readyPods('zuul', 'run=nodepool-launcher')).length, 1);
      await sleep(5);
    }
    expectThat(looks > 1, 'the minute was over before anybody looked');
    await scale(1);
    await kubectl.rolledOut('zuul', 'statefulset/zookeeper');
    const back = Date.now();
    const { nodes } = await deployment.nodes(['pod'], 180);
    const seconds = since(back);
    await deployment.giveBack(nodes);
    const known = (await builds()).map(({ id }) => id);
    const asked = Date.now();
    await kubectl.exec('zuul', 'nodepool-builder-0', ['nodepool', 'image-build', 'debian-bookworm'], { container: 'nodepool-builder' });
    await waitFor('another image is built', 120, async () => (await builds()).some(({ id, state }) => state === 'ready' && !known.includes(id)), 1);
    const built = since(asked);
    expectEqual('pods, starts and restarts', await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]), before);
    return `gone for ${SECONDS} s: /ready said OK and the launcher was ready whenever somebody looked, ${looks} times; a request was fulfilled ${seconds} after ZooKeeper was back, an image built ${built} after it was asked for; same pods, same processes`;
  },
};
