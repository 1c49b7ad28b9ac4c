import { Deployment } from '../harness/deployment';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since } from '../harness/wait';
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
      + 'dead; the same for a key that was not there';
  },
};

async function counts(deployment: Deployment) {
  return { launcher: await deployment.starts('launcher'), builder: await deployment.starts('builder') };
}
