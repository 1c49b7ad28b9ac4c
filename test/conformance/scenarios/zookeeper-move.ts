import { BackupJobs } from '../harness/backup-jobs';
import { OwnEnsemble } from '../harness/own-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, waitFor } from '../harness/wait';
import { ZookeeperBackup, ZookeeperSource } from 'cdk8s-nodepool';

const ZUUL = 'zuul';
const CLAIM = 'old-zookeeper-backup';

export const zookeeperMove: Scenario = {
  id: 'zookeeper-move',
  title: 'from an ensemble elsewhere to one of the stack\'s own by the documented steps: nodes, builds and uploads are known as before, and none is made or deleted',
  alone: true,
  async run(context) {
    const { kubectl, deployment, cleanup } = context;
    const ensemble = new OwnEnsemble(context, { backup: { claimName: CLAIM } });
    const elsewhere = ZookeeperSource.external({ servers: ['zookeeper.zuul.svc:2281'], tlsSecret: 'zookeeper-client-tls' });
    await deployment.ready();
    await deployment.readyImage();
    const before = await records(context);
    expectThat(before.nodes.length > 0 && before.images.length > 0, `there is nothing to be kept: ${JSON.stringify(before)}`);

    const paused = deployment.manifests({ zookeeper: elsewhere, paused: true }, stack => {
      new ZookeeperBackup(stack, 'Moving', { zookeeper: elsewhere, instanceName: 'old', suspend: true });
    });
    await ensemble.provide();
    await context.cluster.provideImages(paused);
    cleanup(async () => {
      await ensemble.leave();
      await kubectl.run(['delete', 'cronjob,pvc', '-n', ZUUL, CLAIM, '--ignore-not-found'], { timeout: 60 });
    });
    await kubectl.apply(paused);
    await kubectl.run(['scale', 'deployment/zuul', '-n', ZUUL, '--replicas=0']);
    await waitFor('nobody uses ZooKeeper', 120, async () =>
      (await Promise.all(['run=nodepool-launcher', 'run=nodepool-builder', 'app=zuul'].map(pods => kubectl.list('pods', ZUUL, pods)))).flat().length === 0);
    const old = new BackupJobs(kubectl, ZUUL, CLAIM);
    cleanup(() => old.delete('moving'));
    const saved = await old.save('moving');

    await kubectl.apply([...deployment.manifests({ zookeeper: ensemble.zookeeper, paused: true }), ...ensemble.clientPod()]);
    await ensemble.ready();
    const own = new BackupJobs(kubectl, ZUUL, 'nodepool-zookeeper-backup');
    cleanup(() => own.delete('moved'));
    const restored = await own.restore('moved');

    await kubectl.apply(ensemble.zuul(), ['--force-conflicts']);
    await deployment.ready({ zookeeper: ensemble.zookeeper });
    await ensemble.zuulIsReady();
    const answer = await deployment.nodes(['pod']);
    await deployment.release(answer.nodes);
    expectEqual('nodes, builds, uploads, and what the cloud has', await records(context), before);
    return `${saved}; ${restored}; ${before.nodes.length} ready nodes, ${before.images.length} builds and ${before.uploads.length} uploads with the same numbers, the cloud untouched; `
      + `the first request after it: a pod in ${answer.seconds} s`;
  },
};

/** What Nodepool knows, and what there is of it in the cloud. */
async function records({ deployment }: Context): Promise<Record<'nodes' | 'images' | 'uploads' | 'cloud', string[]>> {
  const [nodes, images, cloud] = [await deployment.zuul('nodes') as any[], await deployment.zuul('images') as any[], await deployment.openstack()];
  return {
    nodes: nodes.map(({ id, state, external_id }) => `${id} ${state} ${external_id}`).sort(),
    images: images.map(({ id, state }) => `${id} ${state}`).sort(),
    uploads: images.flatMap(({ id, uploads }) => uploads.map((upload: any) => `${id} ${upload.provider} ${upload.state} ${upload.external_id}`)).sort(),
    cloud: [...cloud.servers, ...cloud.images].map(({ id }: any) => id).sort(),
  };
}
