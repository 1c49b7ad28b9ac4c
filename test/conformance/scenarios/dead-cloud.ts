import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, waitFor } from '../harness/wait';

export const deadCloud: Scenario = {
  id: 'dead-cloud',
  title: 'one cloud that does not answer keeps neither the launcher from being ready nor the other providers from serving',
  async run({ kubectl, deployment, cleanup }) {
    await deployment.ready();
    await deployment.readyImage();
    // the death that hurts: it takes connections and never answers. To a launcher that has never seen it alive.
    cleanup(() => deployment.setOpenstack({ second: 'gone' }));
    await deployment.setOpenstack({ second: 'silent' });
    const { metadata: { name } } = await deployment.pod('launcher');
    await kubectl.run(['delete', 'pod', '-n', 'zuul', name], { timeout: 130 });
    await kubectl.rolledOut('zuul', 'deployment/nodepool-launcher');
    const { status: { conditions }, metadata } = await deployment.pod('launcher');
    const became = conditions.find((condition: any) => condition.type === 'Ready').lastTransitionTime;
    const seconds = (Date.parse(became) - Date.parse(metadata.creationTimestamp)) / 1000;

    // somebody waits for the dead cloud all the time.
    const waiting = deployment.startRequest(['server-two'], 60);
    const pending = waiting.done.then(() => false, () => false);
    const asksTheDead = async () => [(await deployment.zuul('requests')).some((each: any) => each.node_types.includes('server-two')), (await deployment.openstack()).held > 0];
    await waitFor('the launcher waits for the dead cloud, and so does a request', 30, async () => (await asksTheDead()).every(Boolean));
    const served: string[] = [];
    for (const label of ['server', 'pod', 'namespaced-pod']) {
      const answer = await deployment.nodes([label]);
      served.push(`${label} ${answer.seconds} s`);
      await deployment.giveBack(answer.nodes);
    }
    expectEqual('afterwards a request, and the launcher, still wait for the dead cloud', await asksTheDead(), [true, true]);
    expectThat(await Promise.race([pending, Promise.resolve(true)]), 'the request for the dead cloud ended before the others were served');
    const dead = JSON.parse(await waiting.done.catch(error => error.stdout));
    expectThat(dead.state !== 'fulfilled', 'the dead cloud served a node');
    const { restarts, started } = await deployment.starts('launcher');
    expectEqual('restarts and starts of the launcher', [restarts, started], [0, 1]);
    return `the cloud takes connections and never answers: ready ${seconds} s after the pod was made; served meanwhile: ${served.join(', ')}; the request for the dead cloud is "${dead.state}" after ${dead.seconds} s; no restart`;
  },
};
