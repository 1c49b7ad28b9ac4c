import { Deployment } from '../harness/deployment';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, waitFor } from '../harness/wait';
import { clouds } from '../standins/manifests';

export const providersReload: Scenario = {
  id: 'providers-reload',
  title: 'both services work with what the providers\' Secret holds now, also with a key that was not there, and no operator is needed',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    await deployment.readyImage();
    const before = await counts(deployment);

    // the dead cloud gets an address that answers.
    const begun = Date.now();
    await deployment.setProviders({ 'clouds.yaml': clouds({ secondIsAlive: true }) });
    const seconds = since(begun);
    const { nodes } = await deployment.nodes(['server-two']);
    expectEqual('the node is of', nodes[0].provider, 'cloud-two');
    await deployment.giveBack(nodes);
    await deployment.readyImage('cloud-two');

    await refusesBroken(deployment);

    const added = { 'clouds.yaml': clouds({ secondIsAlive: true }), 'aws.config': '[profile zuul]\n' };
    await deployment.setProviders(added);
    for (const [pod, container] of [['deployment/nodepool-launcher', 'launcher'], ['pod/nodepool-builder-0', 'nodepool-builder']]) {
      const text = await kubectl.exec('zuul', pod, ['sh', '-c', 'cat "$AWS_CONFIG_FILE"'], { container });
      expectEqual(`aws.config in ${container}`, text, added['aws.config']);
    }

    await deployment.setProviders();
    const after = await counts(deployment);
    for (const service of ['launcher', 'builder'] as const) {
      expectThat(after[service].pod === before[service].pod && after[service].restarts === before[service].restarts, `the ${service}'s pod was replaced or counts a restart`);
    }
    return `started again ${seconds} after the Secret changed, in the same containers, restart count unchanged: a server and an image upload in the cloud that was `
      + 'dead; a clouds.yaml that is broken is refused, and both go on until it is mended; the same for a key that was not there';
  },
};

/** A typo in the Secret: both services stay the same process and serve, and their logs say why, without what the Secret holds. */
async function refusesBroken(deployment: Deployment): Promise<void> {
  const services = ['launcher', 'builder'] as const;
  const before = await counts(deployment);
  const processes = await Promise.all(services.map(service => daemon(deployment, service)));
  await deployment.changeProviders({ 'clouds.yaml': 'clouds: [{password: not-for-the-log' });
  for (const service of services) {
    await waitFor(`the ${service} refuses the broken clouds.yaml`, 240, async () => (await deployment.log(service)).includes('nodepool.yaml is refused with the new files'), 2);
    const log = await deployment.log(service);
    expectThat(/Nodepool's loader: .*Cloud cloud-\w+ was not found/.test(log), `the ${service}'s log does not say what is refused`);
    expectThat(!log.includes('not-for-the-log'), `the ${service}'s log shows what the Secret holds`);
  }
  const { nodes } = await deployment.nodes(['server-two']);
  await deployment.giveBack(nodes);
  expectEqual('starts, pods and restarts', await counts(deployment), before);
  expectEqual('processes', await Promise.all(services.map(service => daemon(deployment, service))), processes);
}

/** The line of the log by which the supervisor has last started Nodepool: time and process. */
async function daemon(deployment: Deployment, service: 'launcher' | 'builder'): Promise<string | undefined> {
  return (await deployment.log(service)).split('\n').filter(line => line.includes('supervise: started')).pop();
}

async function counts(deployment: Deployment) {
  return { launcher: await deployment.starts('launcher'), builder: await deployment.starts('builder') };
}
