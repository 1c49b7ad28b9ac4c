import { Cluster } from './cluster';
import { Deployment, ZuulNode } from './deployment';
import { expectThat } from './wait';

const PROGRAM = '/tmp/kubectl';
const EVERYBODY = /^\* self\w+reviews\.(?:authorization|authentication)\.k8s\.io create$/;

/** Zuul's executor: it has kubectl, and for a node the credentials that the request handed over, and uses them inside the cluster. */
export class Executor {
  /** An executor for one node. */
  static async for(node: ZuulNode, cluster: Cluster, deployment: Deployment): Promise<Executor> {
    const has = await deployment.inZuul(['test', '-x', PROGRAM]).then(() => true, () => false);
    if (!has) {
      const [pod] = await cluster.kubectl.readyPods(deployment.namespace, 'app=zuul');
      await cluster.kubectl.run(['cp', cluster.kubectlProgram, `${deployment.namespace}/${pod.metadata.name}:${PROGRAM}`], { timeout: 120 });
    }
    const kubeconfig = `/tmp/kubeconfig-${node.id}`;
    await deployment.inZuul(['sh', '-c', `python3 /opt/zuul/zuul.py kubeconfig ${node.id} > ${kubeconfig}`]);
    return new Executor(deployment, node, kubeconfig);
  }

  private constructor(private readonly deployment: Deployment, private readonly node: ZuulNode, private readonly kubeconfig: string) {}

  /** kubectl with the node's credentials. */
  kubectl(...args: string[]): Promise<string> {
    return this.deployment.inZuul([PROGRAM, '--kubeconfig', this.kubeconfig, ...args]);
  }

  /** All that the node's credentials allow, in the cluster and each of its namespaces, beside what everybody may: ask about oneself. */
  async rights(): Promise<{ asked: number; namespaces: number; found: string[] }> {
    const namespaces = await this.deployment.namespaces();
    const { asked, allowed } = await this.deployment.zuul('rights', this.node.id, ...namespaces);
    const found = (allowed as string[]).filter(right => !EVERYBODY.test(right)).sort();
    return { asked, namespaces: namespaces.length, found };
  }

  /** What Zuul does with a pod: commands, files, and the console's port. */
  async usePod(pod: string): Promise<void> {
    const said = await this.kubectl('exec', pod, '--', 'sh', '-c', 'echo hello from $HOSTNAME; echo content > /tmp/there');
    expectThat(said.includes('hello from'), `exec says ${said}`);
    await this.kubectl('cp', `${pod}:/tmp/there`, '/tmp/here');
    const here = await this.deployment.inZuul(['cat', '/tmp/here']);
    expectThat(here.trim() === 'content', `the copied file holds ${here}`);
    const forward = 'python3 -m http.server 19885 --bind 127.0.0.1 >/dev/null 2>&1 & sleep 1';
    await this.kubectl('exec', pod, '--', 'sh', '-c', forward);
    const page = await this.deployment.inZuul(['bash', '-c', `${PROGRAM} --kubeconfig ${this.kubeconfig} port-forward pod/${pod} 19885:19885 >/dev/null & `
      + 'forward=$!; trap "kill $forward" EXIT; for i in $(seq 60); do sleep 0.5; '
      + 'python3 -c "import urllib.request as u; print(u.urlopen(\'http://127.0.0.1:19885/tmp/there\', timeout=5).read().decode())" 2>/dev/null && exit; done; exit 1']);
    expectThat(page.includes('content'), `through the forwarded port: ${page}`);
  }
}
