import { App } from 'cdk8s';
import { certManager } from './cert-manager';
import { Ensemble } from './ensemble';
import { takeAway } from './removal';
import { Context } from './scenario';
import { complete } from '../../../examples/complete/chart';
import { zuul, ZUUL } from '../standins/manifests';
import { ZookeeperSource } from 'cdk8s-nodepool';

/** The complete example with an ensemble of its own, which Zuul uses too; afterwards it is again with the ZooKeeper that stands in. */
export async function onOwnEnsemble(context: Context, run: (ensemble: Ensemble) => Promise<string>): Promise<string> {
  const { cluster, kubectl, deployment } = context;
  const options = { zookeeper: ZookeeperSource.managed({ clients: [{ name: 'zuul' }] }) };
  const { servers, clientTlsSecretNames } = complete(new App(), options).zookeeper!;
  const ensemble = new Ensemble(cluster, ZUUL, servers);
  const [usual, own, client] = [deployment.manifests(), deployment.manifests(options), ensemble.clientPod()];
  const zuulIsReady = () => kubectl.rolledOut(ZUUL, 'deployment/zuul');
  await certManager(cluster);
  await deployment.prepare();
  await cluster.provideImages([...own, ...client]);
  try {
    await kubectl.apply([...client, ...zuul({ servers, tlsSecret: clientTlsSecretNames.zuul })]);
    await deployment.ready(options);
    await Promise.all([ensemble.ready(), zuulIsReady()]);
    return await run(ensemble);
  } finally {
    await kubectl.apply(zuul());
    await deployment.ready();
    await zuulIsReady();
    const stays = new Set(usual.map(nameOf));
    await takeAway(cluster, [...client, ...own.filter(object => !stays.has(nameOf(object)))]);
  }
}

function nameOf({ kind, metadata }: { kind: string; metadata: { name: string; namespace?: string } }): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
