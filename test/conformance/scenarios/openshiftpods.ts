import { Executor } from '../harness/executor';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat } from '../harness/wait';

/** What the job's token may do beside what Kubernetes grants everybody: ask about itself. */
const ALLOWED = ['pods create', 'pods delete', 'pods get', 'pods/exec create', 'pods/exec get', 'pods/portforward create', 'pods/portforward get'];
const EVERYBODY = /^\* self\w+reviews\.(?:authorization|authentication)\.k8s\.io create$/;

export const openshiftpods: Scenario = {
  id: 'openshiftpods',
  title: 'a request is fulfilled by a running pod, without a credential in Git, and its token opens that namespace\'s pods and nothing else',
  async run({ cluster, kubectl, deployment }) {
    await deployment.ready();
    const { nodes: [node], seconds } = await deployment.nodes(['pod']);
    const { namespace, pod } = node.connection_port;
    const live = await kubectl.get('pod', pod, namespace);
    expectEqual(`phase of ${namespace}/${pod}`, live.status.phase, 'Running');

    const executor = await Executor.for(node, cluster, deployment);
    await executor.usePod(pod);
    const namespaces = (await kubectl.list('namespaces')).map(each => each.metadata.name);
    const { asked, allowed } = await deployment.zuul('rights', node.id, ...namespaces);
    const found: string[] = allowed.filter((right: string) => !EVERYBODY.test(right));
    expectEqual('the token may', found.sort(), ALLOWED.map(right => `nodepool-pods ${right}`));

    await deployment.release([node]);
    expectThat(await kubectl.find('pod', pod, namespace) === undefined, `pod ${pod} is still there`);
    return `fulfilled in ${seconds} s by a running pod; exec, cp and port-forward with its token; of ${asked} questions about rights in `
      + `${namespaces.length} namespaces and the cluster ${found.length} were allowed, all of them pods of nodepool-pods; gone after the release`;
  },
};
