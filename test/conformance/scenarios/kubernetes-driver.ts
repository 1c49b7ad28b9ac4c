import { Executor } from '../harness/executor';
import { refusedBecause } from '../harness/kubectl';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat } from '../harness/wait';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** What Nodepool gives the job of a pod, and that of a namespace: each in its own namespace alone. */
const OF_POD = ['pods get', 'pods list', ...everyVerb('pods/exec', 'pods/portforward')];
const OF_NAMESPACE = everyVerb('pods', 'pods/exec', 'pods/log', 'pods/portforward', 'services', 'endpoints', 'configmaps', 'secrets');

const BASELINE = 'pod-security.kubernetes.io/enforce';

export const kubernetesDriver: Scenario = {
  id: 'kubernetes-driver',
  title: 'requests are fulfilled by a namespace, and by a pod in a namespace of its own, and both go again',
  async run({ cluster, kubectl, deployment }) {
    await deployment.ready();
    const { nodes, seconds } = await deployment.nodes(['namespaced-pod', 'namespace']);
    const [withPod, bare] = ['namespaced-pod', 'namespace'].map(label => nodes.find(node => node.type.includes(label))!);
    for (const node of nodes) {
      const { metadata } = await kubectl.get('namespace', node.connection_port.namespace);
      expectEqual(`Pod Security of ${metadata.name}`, metadata.labels[BASELINE], 'baseline');
    }

    const podExecutor = await Executor.for(withPod, cluster, deployment);
    await podExecutor.usePod(withPod.connection_port.pod);
    const refused = await podExecutor.kubectl('create', 'configmap', 'made-by-the-job').catch(error => error);
    expectThat(refusedBecause(refused, /forbidden/), `a ConfigMap that the job of a pod makes is not forbidden: ${refused}`);

    const executor = await Executor.for(bare, cluster, deployment);
    await executor.kubectl('create', 'configmap', 'made-by-the-job');
    await executor.kubectl('run', 'job', '--image=quay.io/fedora/fedora:40', '--restart=Never', '--', 'true');
    await executor.kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/job', '--timeout=60s');

    const asked = [];
    for (const [node, from, allowed] of [[withPod, podExecutor, OF_POD], [bare, executor, OF_NAMESPACE]] as const) {
      const rights = await from.rights();
      expectEqual(`the token of ${node.type.join()} may`, rights.found, allowed.map(right => `${node.connection_port.namespace} ${right}`).sort());
      asked.push(`${rights.found.length} of ${rights.asked}`);
    }

    await deployment.release(nodes);
    for (const { connection_port: { namespace } } of nodes) {
      expectThat(await kubectl.find('namespace', namespace) === undefined, `the namespace ${namespace} is still there`);
    }
    return `a pod and a namespace in ${seconds} s, both namespaces enforce baseline; exec, cp and port-forward in the pod; `
      + `the job of the namespace made a ConfigMap and ran a pod; of questions about rights everywhere ${asked.join(' and ')} were allowed, all in their own namespace; both namespaces gone after the release`;
  },
};

function everyVerb(...resources: string[]): string[] { return resources.flatMap(resource => VERBS.map(verb => `${resource} ${verb}`)); }
