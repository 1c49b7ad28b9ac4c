import { Scenario } from '../harness/scenario';
import { expectEqual, since, sleep, waitFor } from '../harness/wait';

const SECONDS = 60;

export const zookeeperOutage: Scenario = {
  id: 'zookeeper-outage',
  title: 'ZooKeeper goes away for a minute and comes back: nothing is restarted, and requests are served again',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    const before = await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]);
    const scale = (replicas: number) => kubectl.run(['scale', 'statefulset/zookeeper', '-n', 'zuul', `--replicas=${replicas}`]);
    await scale(0);
    await waitFor('ZooKeeper is gone', 60, async () => (await kubectl.list('pods', 'zuul', 'app=zookeeper')).length === 0);
    await sleep(SECONDS);
    const page = await deployment.page('/ready');
    expectEqual('ready pods of the launcher without ZooKeeper', (await kubectl.readyPods('zuul', 'run=nodepool-launcher')).length, 1);
    await scale(1);
    await kubectl.rolledOut('zuul', 'statefulset/zookeeper');
    const back = Date.now();
    const { nodes } = await deployment.nodes(['pod'], 180);
    const seconds = since(back);
    await deployment.giveBack(nodes);
    expectEqual('pods, starts and restarts', await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]), before);
    return `gone for ${SECONDS} s: /ready said ${page} and the launcher stayed ready; a request was fulfilled ${seconds} after ZooKeeper was back; same pods, same processes`;
  },
};
