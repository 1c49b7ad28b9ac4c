import { App } from 'cdk8s';
import { certManager } from './cert-manager';
import { Ensemble } from './ensemble';
import { Manifest } from './kubectl';
import { takeAway } from './removal';
import { Context } from './scenario';
import { complete } from '../../../examples/complete/chart';
import { zuul, ZUUL } from '../standins/manifests';
import { ZookeeperOptions, ZookeeperSource } from 'cdk8s-nodepool';

/** An ensemble that the complete example brings itself, and that Zuul uses too. */
export class OwnEnsemble extends Ensemble {
  /** The option of the example that makes it. */
  readonly zookeeper: ZookeeperSource;
  private readonly zuulTlsSecret: string;

  constructor(private readonly context: Context, options: ZookeeperOptions = {}) {
    const zookeeper = ZookeeperSource.managed({ clients: [{ name: 'zuul' }], ...options });
    const { servers, clientTlsSecretNames } = complete(new App(), { zookeeper }).zookeeper!;
    super(context.cluster, ZUUL, servers);
    this.zookeeper = zookeeper;
    this.zuulTlsSecret = clientTlsSecretNames.zuul;
  }

  /** The example with it. */
  manifests(): Manifest[] { return this.context.deployment.manifests({ zookeeper: this.zookeeper }); }

  /** What it and its clients need. */
  async provide(): Promise<void> {
    await certManager(this.cluster);
    await this.cluster.provideImages([...this.manifests(), ...this.clientPod()]);
  }

  /** Zuul with it. */
  zuul(): Manifest[] { return zuul({ servers: this.servers, tlsSecret: this.zuulTlsSecret }); }

  zuulIsReady(): Promise<unknown> { return this.kubectl.rolledOut(ZUUL, 'deployment/zuul'); }

  /** The example and Zuul are again with the ZooKeeper that stands in, and nothing is left of this one. */
  async leave(): Promise<void> {
    const { deployment } = this.context;
    await this.kubectl.apply(zuul(), ['--force-conflicts']);
    await deployment.ready();
    await this.zuulIsReady();
    const stays = new Set(deployment.manifests().map(nameOf));
    await takeAway(this.cluster, [...this.clientPod(), ...this.manifests().filter(object => !stays.has(nameOf(object)))]);
  }
}

/** The complete example with an ensemble of its own; afterwards it is as it was. */
export async function onOwnEnsemble(context: Context, run: (ensemble: OwnEnsemble) => Promise<string>): Promise<string> {
  const { kubectl, deployment } = context;
  const ensemble = new OwnEnsemble(context);
  await deployment.prepare();
  await ensemble.provide();
  context.cleanup(() => ensemble.leave());
  await kubectl.apply([...ensemble.clientPod(), ...ensemble.zuul()]);
  await deployment.ready({ zookeeper: ensemble.zookeeper });
  await Promise.all([ensemble.ready(), ensemble.zuulIsReady()]);
  // a launcher that was started together with its ensemble may have to be started once more by its supervisor, on a busy machine.
  await deployment.giveBack((await deployment.nodes(['pod'], 240)).nodes);
  return run(ensemble);
}

function nameOf({ kind, metadata }: { kind: string; metadata: { name: string; namespace?: string } }): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
