import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since } from '../harness/wait';

export const ready: Scenario = {
  id: 'ready',
  title: 'launcher and builder become ready as applied, and answer',
  async run({ kubectl, deployment }) {
    await deployment.prepare();
    const begun = Date.now();
    await deployment.ready();
    const seconds = since(begun);

    expectEqual('/ready', await deployment.page('/ready'), 'OK');
    expectEqual('/label-list', await deployment.labels(), ['namespace', 'namespaced-pod', 'pod', 'server', 'server-two']);
    const { nodes: [node] } = await deployment.nodes(['pod']);
    const nodes = await kubectl.exec('zuul', 'deployment/nodepool-launcher', ['nodepool', 'list'], { container: 'launcher' });
    expectThat(new RegExp(`\\| ${node.id} +\\| pods +\\| pod +\\|.*\\| in-use +\\|`).test(nodes), `nodepool list does not show node ${node.id}:\n${nodes}`);
    await deployment.giveBack([node]);
    const { id } = await deployment.readyImage();
    const images = await kubectl.exec('zuul', 'nodepool-builder-0', ['nodepool', 'dib-image-list'], { container: 'nodepool-builder' });
    expectThat(new RegExp(`\\| debian-bookworm-${id} +\\| debian-bookworm +\\|.*\\| ready +\\|`).test(images), `nodepool dib-image-list does not show build ${id}:\n${images}`);
    for (const service of ['launcher', 'builder'] as const) {
      const { restarts, started } = await deployment.starts(service);
      expectEqual(`restarts and starts of the ${service}`, [restarts, started], [0, 1]);
    }
    return `both ready ${seconds} after they were applied, /ready 200, 5 labels, nodepool list shows a node and dib-image-list a ready image by kubectl exec, neither was restarted`;
  },
};
