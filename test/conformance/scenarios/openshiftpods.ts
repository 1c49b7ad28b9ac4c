import { Executor } from '../harness/executor';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat } from '../harness/wait';

/** What the job's token may do. */
const ALLOWED = ['pods create', 'pods delete', 'pods get', 'pods/exec create', 'pods/exec get', 'pods/portforward create', 'pods/portforward get'];

/** A token, a password or a private key in a text; `tokenFile` says only where one is. */
const CREDENTIAL = /\b(?:token|password|client-key-data)\b["'\\]*\s*[:=]|PRIVATE KEY/i;

export const openshiftpods: Scenario = {
  id: 'openshiftpods',
  title: 'a request is fulfilled by a running pod, without a credential in Git, and its token opens that namespace\'s pods and nothing else',
  async run({ cluster, kubectl, deployment }) {
    await deployment.ready();
    const manifests = deployment.manifests();
    const credentials = manifests.filter(({ kind, data, stringData }) => (kind === 'Secret' ? data ?? stringData : kind === 'ConfigMap' && CREDENTIAL.test(JSON.stringify(data))));
    expectEqual('objects with a credential in Git', credentials.map(({ kind, metadata }) => `${kind} ${metadata.name}`), []);
    const { nodes: [node], seconds } = await deployment.nodes(['pod']);
    const { namespace, pod } = node.connection_port;
    const live = await kubectl.get('pod', pod, namespace);
    expectEqual(`phase of ${namespace}/${pod}`, live.status.phase, 'Running');

    const executor = await Executor.for(node, cluster, deployment);
    await executor.usePod(pod);
    const { asked, namespaces, found } = await executor.rights();
    expectEqual('the token may', found, ALLOWED.map(right => `nodepool-pods ${right}`));

    await deployment.release([node]);
    expectThat(await kubectl.find('pod', pod, namespace) === undefined, `pod ${pod} is still there`);
    return `no Secret in Git holds anything, and no ConfigMap a token or key; fulfilled in ${seconds} s by a running pod; exec, cp and port-forward with its token; of ${asked} questions about rights in `
      + `${namespaces} namespaces and the cluster ${found.length} were allowed, all of them pods of nodepool-pods; gone after the release`;
  },
};
