import { Size } from 'cdk8s';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { readBack } from '../harness/readback';
import { Scenario } from '../harness/scenario';
import { expectEqual } from '../harness/wait';

export const zookeeperVolumes: Scenario = {
  id: 'zookeeper-volumes',
  title: 'the volumes of an ensemble are asked to grow by a commit, and no member is replaced for it',
  run: ({ kubectl, ...context }) => LoneEnsemble.in({ kubectl, ...context }, 'volumes', async ensemble => {
    const claims = () => kubectl.list('pvc', ensemble.namespace, 'run=nodepool-zookeeper');
    const asked = async () => (await claims()).map(({ metadata: { name }, spec }) => `${name} ${spec.resources.requests.storage}`).sort();
    const storage = { size: Size.gibibytes(1) };
    await ensemble.apply({ members: 1, storage, logStorage: storage });
    await ensemble.ready();
    const before = { pod: (await ensemble.pod(0)).metadata.uid, volumes: (await claims()).map(({ spec }) => spec.volumeName).sort() };
    expectEqual('what the claims ask for', await asked(), ['data-nodepool-zookeeper-0 1Gi', 'datalog-nodepool-zookeeper-0 1Gi']);
    const larger = { ...storage, expandTo: Size.gibibytes(2) };
    const objects = await ensemble.apply({ members: 1, storage: larger, logStorage: larger });
    await ensemble.ready();
    expectEqual('what the claims ask for then', await asked(), ['data-nodepool-zookeeper-0 2Gi', 'datalog-nodepool-zookeeper-0 2Gi']);
    const claimed = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    expectEqual('fields of the claims that drift', await readBack(kubectl, claimed), []);
    expectEqual('pod and volumes', { pod: (await ensemble.pod(0)).metadata.uid, volumes: (await claims()).map(({ spec }) => spec.volumeName).sort() }, before);
    await ensemble.remove();
    return 'data and log, from 1Gi to 2Gi: both claims ask for it, nothing drifts, the same pod and the same volumes; no driver here makes them larger';
  }),
};
