import { App, Testing } from 'cdk8s';
import { Cluster } from './cluster';
import { Running } from './command';
import { Kubectl, Manifest } from './kubectl';
import { expectThat, waitFor } from './wait';
import { complete, CompleteOptions } from '../../../examples/complete/chart';
import { Material } from '../standins/certificates';
import { clouds, gitServer, IMAGE_BUILDER, namespace, OUTSIDE, secret, secrets, standIns, ZUUL } from '../standins/manifests';
import { NodepoolStack } from 'cdk8s-nodepool';

/** A node as Nodepool's own models have it; for pods and namespaces the port is what Zuul's executors get. */
export interface ZuulNode {
  readonly id: string;
  readonly state: string;
  readonly provider: string;
  readonly type: string[];
  readonly external_id: string;
  readonly host_keys: string[];
  readonly connection_port: any;
}

/** What came of a node request. */
export interface Answer {
  readonly state: 'fulfilled' | 'failed' | 'requested' | 'pending';
  readonly seconds: number;
  readonly nodes: ZuulNode[];
  readonly declined_by: string[];
}

/** What an app writes, as objects. */
export function synthesized(add: (app: App) => void): Manifest[] {
  const app = new App();
  add(app);
  return app.charts.flatMap(chart => Testing.synth(chart)) as Manifest[];
}

/** The complete example on the cluster, with what it needs before and beside it, and ways to ask it things. */
export class Deployment {
  readonly namespace = ZUUL;
  private prepared?: Promise<void>;

  constructor(private readonly cluster: Cluster, private readonly material: Material) {}

  private get kubectl(): Kubectl { return this.cluster.kubectl; }

  /** The manifests of the example, for this run's image-builder machine, with what is added to it; nothing of them is edited. */
  manifests(options: CompleteOptions = {}, add: (stack: NodepoolStack) => void = () => {}): Manifest[] {
    return synthesized(app => add(complete(app, { knownHosts: [this.material.knownHost(IMAGE_BUILDER)], ...options })));
  }

  /** A Git server, with the Secret by which it lets the pods in. */
  gitServer(): Manifest[] { return gitServer(this.material); }

  /** A certificate of an authority that no other part knows. */
  foreignCertificate(of: 'server' | 'client'): { cert: string; key: string } {
    return { cert: this.material.text(`${of}.crt`), key: this.material.text(`${of}.key`) };
  }

  /** Namespaces, the administrator's Secrets, and the stand-ins. */
  prepare(): Promise<void> {
    this.prepared ??= this.doPrepare().catch(error => {
      this.prepared = undefined; // the next scenario tries again
      throw error;
    });
    return this.prepared;
  }

  /**
   * What a scenario that failed may have changed is again as `prepare` and `ready` leave it: Secrets, stand-ins and how they behave, the nodes that
   * somebody has, the example and its services, which begin anew.
   */
  async restore(): Promise<void> {
    if (!this.prepared) { return; }
    this.prepared = undefined;
    await this.prepare();
    if (this.cluster.apiOnly) { return; }
    await this.setOpenstack({ boot_seconds: 1, delay: 0, broken: [], second: 'gone' });
    await this.setBuildSeconds(1);
    // the requests of a Zuul go with it.
    await this.restart(['app=zuul']);
    await this.kubectl.rolledOut(ZUUL, 'deployment/zuul');
    await this.apply();
    await this.restart(['run=nodepool-launcher', 'run=nodepool-builder']);
    await this.ready();
    await this.renewImage();
    await this.giveBack((await this.zuul('nodes')).filter((node: ZuulNode) => node.state === 'in-use'));
  }

  /** Applies the example; a change of a field that a scenario has set by hand is taken back. */
  async apply(options: CompleteOptions = {}): Promise<void> {
    await this.kubectl.apply(this.manifests(options), ['--force-conflicts']);
  }

  /** The example runs, with ZooKeeper and the rest of the world. Says so at once where it is so already. */
  async ready(options: CompleteOptions = {}): Promise<void> {
    await this.prepare();
    await this.apply(options);
    await Promise.all([this.kubectl.rolledOut(ZUUL, 'deployment/nodepool-launcher'), this.kubectl.rolledOut(ZUUL, 'statefulset/nodepool-builder')]);
  }

  /** Sets the providers' Secret, as an administrator would: what was there before goes. Both services start again with what it holds now. */
  async setProviders(texts: Record<string, string> = { 'clouds.yaml': clouds() }): Promise<void> {
    await this.startedAgainBy(() => this.changeProviders(texts));
  }

  /** The same without waiting for anything. */
  async changeProviders(texts: Record<string, string>): Promise<void> {
    await this.kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(secret(ZUUL, 'nodepool-providers-secrets', texts)) });
  }

  /** Does what makes both services start again, and waits until they have done so and the launcher has reached ZooKeeper. */
  async startedAgainBy<T>(change: () => Promise<T>): Promise<T> {
    const services = ['launcher', 'builder'] as const;
    const before = await Promise.all(services.map(service => this.starts(service)));
    const result = await change();
    for (const [index, service] of services.entries()) {
      await waitFor(`the ${service} is started again`, 300, async () => (await this.starts(service)).started > before[index].started, 1);
    }
    await waitFor('/ready', 180, async () => await this.page('/ready') === 'OK');
    return result;
  }

  /** A page of the launcher's status server. */
  page(path: string): Promise<string> { return this.kubectl.page(ZUUL, 'nodepool-launcher', 8006, path); }

  /** The same as data. The path through the API server asks for JSON by its name alone, so that this goes by exec. */
  async json(path: string): Promise<any[]> {
    const script = 'import sys, urllib.request as u; print(u.urlopen(u.Request(sys.argv[1], headers={"Accept": "application/json"}), timeout=10).read().decode())';
    return JSON.parse(await this.inZuul(['python3', '-c', script, `http://nodepool-launcher.${ZUUL}.svc:8006${path}`]));
  }

  async labels(): Promise<string[]> {
    return (await this.json('/label-list')).map(row => row.label).sort();
  }

  /** Asks for nodes as Zuul does; those of a fulfilled request are in use until they are released. */
  async request(labels: string[], seconds = 120): Promise<Answer> {
    return JSON.parse(await this.startRequest(labels, seconds).done.catch(error => error.stdout || Promise.reject(error)));
  }

  /** A request that has to be fulfilled. */
  async nodes(labels: string[], seconds = 120): Promise<Answer> {
    const answer = await this.request(labels, seconds);
    expectThat(answer.state === 'fulfilled', `the request for ${labels.join(', ')} is ${answer.state} after ${answer.seconds} s; declined by ${answer.declined_by.join(', ') || 'nobody'}`);
    return answer;
  }

  startRequest(labels: string[], seconds = 120): Running {
    return this.kubectl.startExec(ZUUL, 'deployment/zuul', ['python3', '/opt/zuul/zuul.py', 'request', ...labels, '--timeout', String(seconds)], { timeout: seconds + 60 });
  }

  /** Any other command of zuul.py. */
  async zuul(...args: string[]): Promise<any> {
    return JSON.parse(await this.inZuul(['python3', '/opt/zuul/zuul.py', ...args], { timeout: 300 }));
  }

  /** Gives nodes back. Pods take half a minute to end: their shell does not listen to SIGTERM. */
  async giveBack(nodes: readonly ZuulNode[]): Promise<void> {
    await Promise.all(nodes.map(node => this.zuul('release', node.id, '--timeout', '0')));
  }

  /** Gives nodes back, and waits until the launcher has deleted them. */
  async release(nodes: readonly ZuulNode[]): Promise<void> {
    await Promise.all(nodes.map(node => this.zuul('release', node.id)));
  }

  /** The names of all namespaces that the cluster has now. */
  async namespaces(): Promise<string[]> {
    return (await this.kubectl.list('namespaces')).map(each => each.metadata.name);
  }

  inZuul(command: string[], options: { input?: string; timeout?: number } = {}): Promise<string> {
    return this.kubectl.exec(ZUUL, 'deployment/zuul', command, options);
  }

  /** Nothing is left of nodes and requests, neither in ZooKeeper nor in the cloud. */
  async nothingLeft(seconds = 120): Promise<void> {
    await waitFor('nothing is left in ZooKeeper and in the cloud', seconds, async () => {
      const { nodes, ...others } = await this.zuul('leaks');
      // what a node hands over to Zuul holds its job's token.
      const left = { ...others, nodes: nodes.map(({ connection_port: _, ...node }: any) => node), servers: (await this.openstack()).servers };
      const names = Object.keys(left).filter(name => left[name].length > 0);
      if (names.length > 0) { throw new Error(`left: ${JSON.stringify(Object.fromEntries(names.map(name => [name, left[name]])))}`); }
      return true;
    }, 2);
  }

  /** What the cloud has. */
  async openstack(): Promise<any> {
    return JSON.parse(await this.kubectl.page(OUTSIDE, 'openstack', 5000, '/_state'));
  }

  async setOpenstack(settings: { boot_seconds?: number; delay?: number; broken?: string[]; second?: 'gone' | 'silent' }): Promise<void> {
    await this.kubectl.page(OUTSIDE, 'openstack', 5000, '/_control', { input: JSON.stringify(settings) });
  }

  /** How long the image-builder machine takes for a build from now on. */
  async setBuildSeconds(seconds: number): Promise<void> {
    await this.kubectl.exec(OUTSIDE, 'deployment/image-builder', ['sh', '-c', `echo ${seconds} > /tmp/build-seconds`]);
  }

  /** The uploads of the newest ready build of the example's image, by provider; nothing until one is ready. */
  async readyImage(provider = 'cloud-one'): Promise<{ id: string; uploads: any[] }> {
    return waitFor(`an image is built, and uploaded to ${provider}`, 180, async () => {
      const builds: any[] = await this.zuul('images');
      return builds.sort((a, b) => b.state_time - a.state_time).find(build => build.state === 'ready' && build.uploads.some((upload: any) => upload.provider === provider && upload.state === 'ready'));
    }, 2);
  }

  /** The pod of a service, `launcher` or `builder`; it must be the only one. */
  async pod(service: 'launcher' | 'builder'): Promise<any> {
    const pods = await this.kubectl.readyPods(ZUUL, `run=nodepool-${service}`);
    expectThat(pods.length === 1, `${pods.length} ready pods of nodepool-${service}`);
    return pods[0];
  }

  /** How often Nodepool was started in the pod that runs, and the containers' restarts: a reload changes neither. */
  async starts(service: 'launcher' | 'builder'): Promise<{ pod: string; started: number; restarts: number }> {
    const pod = await this.pod(service);
    const log = await this.log(service);
    return {
      pod: pod.metadata.uid,
      started: log.split('\n').filter(line => line.includes('supervise: started')).length,
      restarts: pod.status.containerStatuses.reduce((sum: number, container: any) => sum + container.restartCount, 0),
    };
  }

  async log(service: 'launcher' | 'builder', ...options: string[]): Promise<string> {
    const { metadata: { name } } = await this.pod(service);
    return this.kubectl.run(['logs', '-n', ZUUL, name, '-c', service === 'builder' ? 'nodepool-builder' : service, ...options]);
  }

  /** A cloud that began anew has lost its images, and Nodepool does not look: another one is built. */
  private async renewImage(): Promise<void> {
    const inCloud = async () => {
      const [{ images }, { uploads }] = [await this.openstack(), await this.readyImage()];
      return uploads.some(({ external_id: id }) => images.some((image: any) => image.id === id));
    };
    if (await inCloud()) { return; }
    await this.zuul('build', 'debian-bookworm');
    await waitFor('another image in the cloud', 180, inCloud, 2);
  }

  private async restart(selectors: readonly string[]): Promise<void> {
    await Promise.all(selectors.map(selector => this.kubectl.run(['delete', 'pods', '-n', ZUUL, '-l', selector, '--timeout=150s'], { timeout: 160 })));
  }

  private async doPrepare(): Promise<void> {
    const material = this.material;
    await this.kubectl.apply([namespace(ZUUL), namespace(OUTSIDE)]);
    if (!this.cluster.apiOnly) { await waitForAccounts(this.kubectl, [ZUUL, OUTSIDE]); }
    const objects = standIns(material);
    const [providers, ...rest] = secrets(material, clouds()).reverse();
    await this.cluster.provideImages([...objects, ...this.manifests()]);
    // a scenario that failed may have left something that it set by hand.
    await this.kubectl.apply([...rest, ...objects], ['--force-conflicts']);
    // by hand, as the commands of administrators do it later: they take the keys away that they set before.
    await this.kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(providers) });
    await Promise.all([
      this.kubectl.rolledOut(ZUUL, 'statefulset/zookeeper'), this.kubectl.rolledOut(ZUUL, 'deployment/zuul'),
      this.kubectl.rolledOut(OUTSIDE, 'deployment/openstack'), this.kubectl.rolledOut(OUTSIDE, 'deployment/image-builder'),
    ]);
  }
}

/** Pods are refused until their namespace has its default account. */
async function waitForAccounts(kubectl: Kubectl, namespaces: string[]): Promise<void> {
  for (const each of namespaces) {
    await waitFor(`the default account of ${each}`, 30, () => kubectl.find('serviceaccount', 'default', each));
  }
}
