import { App, Chart } from 'cdk8s';
import { certManager } from './cert-manager';
import { Cluster } from './cluster';
import { synthesized } from './deployment';
import { Ensemble } from './ensemble';
import { Manifest } from './kubectl';
import { takeAway } from './removal';
import { Context } from './scenario';
import { waitFor } from './wait';
import { namespace } from '../standins/manifests';
import { Zookeeper, ZookeeperOptions } from 'cdk8s-nodepool';

const SHARED = 'ensemble';

/** An ensemble of the library's construct alone, in a namespace of its own. */
export class LoneEnsemble extends Ensemble {
  /** Runs a scenario on the one that they share: three members, with every default, made where it is not there. */
  static shared(context: Context, run: (ensemble: LoneEnsemble) => Promise<string>): Promise<string> {
    return LoneEnsemble.in(context, SHARED, async ensemble => {
      await ensemble.apply();
      await ensemble.ready();
      return run(ensemble);
    });
  }

  /** Runs a scenario with what it applies, in a namespace of its own. Where it fails, the next one finds nothing of it. */
  static async in({ cluster, kubectl, cleanup }: Context, name: string, run: (ensemble: LoneEnsemble) => Promise<string>): Promise<string> {
    await certManager(cluster);
    await kubectl.apply([namespace(name)]);
    await waitFor(`the default account of ${name}`, 30, () => kubectl.find('serviceaccount', 'default', name));
    const ensemble = new LoneEnsemble(cluster, name);
    let passed = false;
    cleanup(async () => { if (!passed) { await ensemble.remove(); } });
    const seen = await run(ensemble);
    passed = true;
    return seen;
  }

  private readonly applied: Manifest[] = [];

  private constructor(cluster: Cluster, name: string) { super(cluster, name); }

  /** Applies the construct's manifests, as they are, and the pod of clients; returns the former. */
  async apply(options: ZookeeperOptions = {}): Promise<Manifest[]> {
    let servers: string[] = [];
    const objects = synthesized(app => { ({ servers } = this.construct(app, options)); });
    await this.cluster.provideImages([...objects, ...this.clientPod()]);
    await this.kubectl.apply([...objects, ...this.clientPod()], ['--force-conflicts']); // scenarios scale it by hand
    this.servers = servers;
    this.applied.push(...objects);
    return objects;
  }

  /** Takes everything away, with the data. */
  async remove(): Promise<void> {
    await takeAway(this.cluster, [...this.applied, ...this.clientPod()]);
    await this.kubectl.run(['delete', 'namespace', this.namespace], { timeout: 120 });
  }

  private construct(app: App, options: ZookeeperOptions): Zookeeper {
    return new Zookeeper(new Chart(app, 'ensemble', { namespace: this.namespace }), 'zookeeper', options);
  }
}
