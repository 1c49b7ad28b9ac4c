import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, sleep } from '../harness/wait';

export const deadCloud: Scenario = {
  id: 'dead-cloud',
  title: 'one cloud that does not answer keeps neither the launcher from being ready nor the other providers from serving',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    await deployment.readyImage();
    // a launcher that has never seen the cloud alive.
    const { metadata: { name } } = await deployment.pod('launcher');
    await kubectl.run(['delete', 'pod', '-n', 'zuul', name], { timeout: 130 });
    await kubectl.rolledOut('zuul', 'deployment/nodepool-launcher');
    const { status: { conditions }, metadata } = await deployment.pod('launcher');
    const became = conditions.find((condition: any) => condition.type === 'Ready').lastTransitionTime;
    const seconds = (Date.parse(became) - Date.parse(metadata.creationTimestamp)) / 1000;

    // somebody waits for the dead cloud all the time.
    const waiting = deployment.startRequest(['server-two'], 30);
    await sleep(5);
    const served: string[] = [];
    for (const label of ['server', 'pod', 'namespaced-pod']) {
      const answer = await deployment.nodes([label]);
      served.push(`${label} ${answer.seconds} s`);
      await deployment.giveBack(answer.nodes);
    }
    const dead = JSON.parse(await waiting.done.catch(error => error.stdout));
    expectThat(dead.state !== 'fulfilled', 'the dead cloud served a node');
    const { restarts, started } = await deployment.starts('launcher');
    expectEqual('restarts and starts of the launcher', [restarts, started], [0, 1]);
    return `ready ${seconds} s after the pod was made; served meanwhile: ${served.join(', ')}; the request for the dead cloud is "${dead.state}" after ${dead.seconds} s; no restart`;
  },
};
