import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackupJobs } from '../harness/backup-jobs';
import { OwnEnsemble } from '../harness/own-ensemble';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, waitFor } from '../harness/wait';
import { NodepoolConfig, ZookeeperBackup, ZookeeperSource } from 'cdk8s-nodepool';

const ZUUL = 'zuul';
const CLAIM = 'old-zookeeper-backup';

/** Labels that have a node before somebody asks. */
const READY = ['pod', 'server'];

export const zookeeperMove: Scenario = {
  id: 'zookeeper-move',
  title: 'from an ensemble elsewhere to one of the stack\'s own by the documented steps: nodes, builds and uploads are known as before, and none is lost',
  async run(context) {
    const { kubectl, deployment, cleanup } = context;
    const ensemble = new OwnEnsemble(context, { backup: { claimName: CLAIM } });
    const elsewhere = ZookeeperSource.external({ servers: ['zookeeper.zuul.svc:2281'], tlsSecret: 'zookeeper-client-tls' });
    const config = someAreReady();
    await deployment.ready({ config });
    await deployment.readyImage();
    const before = await waitFor('nodes are ready for whoever comes', 120, async () => {
      const found = await records(context);
      const open: any[] = await deployment.zuul('requests');
      return open.length === 0 && found.nodes.length >= READY.length && found.nodes.every(node => node.includes(' ready ')) && found;
    }, 1);

    const paused = deployment.manifests({ config, zookeeper: elsewhere, paused: true }, stack => {
      new ZookeeperBackup(stack, 'Moving', { zookeeper: elsewhere, instanceName: 'old', suspend: true });
    });
    await ensemble.provide();
    await context.cluster.provideImages(paused);
    cleanup(async () => {
      await ensemble.leave();
      for (const node of before.nodes) {
        await kubectl.exec(ZUUL, 'deployment/nodepool-launcher', ['nodepool', 'delete', node.split(' ')[0]], { container: 'launcher' });
      }
      await deployment.nothingLeft();
      await kubectl.run(['delete', 'cronjob,pvc', '-n', ZUUL, CLAIM, '--ignore-not-found'], { timeout: 60 });
    });
    await kubectl.apply(paused);
    await kubectl.run(['scale', 'deployment/zuul', '-n', ZUUL, '--replicas=0']);
    await waitFor('nobody uses ZooKeeper', 120, async () =>
      (await Promise.all(['run=nodepool-launcher', 'run=nodepool-builder', 'app=zuul'].map(pods => kubectl.list('pods', ZUUL, pods)))).flat().length === 0);
    const old = new BackupJobs(kubectl, ZUUL, CLAIM);
    cleanup(() => old.delete('moving'));
    const saved = await old.save('moving');

    await kubectl.apply([...deployment.manifests({ config, zookeeper: ensemble.zookeeper, paused: true }), ...ensemble.clientPod()]);
    await ensemble.ready();
    const own = new BackupJobs(kubectl, ZUUL, 'nodepool-zookeeper-backup');
    cleanup(() => own.delete('moved'));
    const restored = await own.restore('moved');

    await kubectl.apply(ensemble.zuul(), ['--force-conflicts']);
    await deployment.ready({ config, zookeeper: ensemble.zookeeper });
    await ensemble.zuulIsReady();
    const answer = await deployment.nodes(['namespace']);
    await deployment.release(answer.nodes);
    const after = await records(context);
    const lost = Object.entries(before).flatMap(([what, each]) => each.filter(one => !after[what as keyof typeof after].includes(one)));
    expectEqual('nodes, builds, uploads and things in the cloud that are not there any more', lost, []);
    // `min-ready` is counted by a cache that may lag: Nodepool itself may make a node more.
    expectEqual('builds and uploads', [after.images, after.uploads], [before.images, before.uploads]);
    return `${saved}; ${restored}; ${before.nodes.length} ready nodes, ${before.images.length} builds and ${before.uploads.length} uploads with the same numbers, and in the cloud; `
      + `the first request after it: a namespace in ${answer.seconds} s`;
  },
};

/** The example's configuration, where some nodes are ready before anybody asks. */
function someAreReady(): NodepoolConfig {
  const text = readFileSync(join(__dirname, '../../../examples/complete/nodepool.yaml'), 'utf8');
  return NodepoolConfig.fromString(READY.reduce((yaml, label) => yaml.replace(`  - name: ${label}\n`, `  - name: ${label}\n    min-ready: 1\n`), text));
}

/** What Nodepool knows, and what there is of it in the cloud. */
async function records({ deployment }: Context): Promise<Record<'nodes' | 'images' | 'uploads' | 'cloud', string[]>> {
  const [nodes, images, cloud] = [await deployment.zuul('nodes') as any[], await deployment.zuul('images') as any[], await deployment.openstack()];
  return {
    nodes: nodes.map(({ id, state, external_id }) => `${id} ${state} ${external_id}`).sort(),
    images: images.map(({ id, state }) => `${id} ${state}`).sort(),
    uploads: images.flatMap(({ id, uploads }) => uploads.filter(({ state }: any) => state === 'ready').map((upload: any) => `${id} ${upload.provider} ${upload.state} ${upload.external_id}`)).sort(),
    cloud: [...cloud.servers, ...cloud.images].map(({ id }: any) => id).sort(),
  };
}
