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
    const nodes = await kubectl.exec('zuul', 'deployment/nodepool-launcher', ['nodepool', 'list'], { container: 'launcher' });
    expectThat(/\| ID +\| Provider/.test(nodes), `nodepool list says:\n${nodes}`);
    const images = await kubectl.exec('zuul', 'nodepool-builder-0', ['nodepool', 'dib-image-list'], { container: 'nodepool-builder' });
    expectThat(/\| ID +\| Image/.test(images), `nodepool dib-image-list says:\n${images}`);
    const { restarts } = await deployment.starts('launcher');
    expectEqual('restarts of the launcher', restarts, 0);
    return `both ready ${seconds} after they were applied, /ready 200, 5 labels, nodepool list and dib-image-list answer by kubectl exec, no restart`;
  },
};
