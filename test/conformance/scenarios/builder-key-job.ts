import { ImageBuilding } from '../harness/image-building';
import { Kubectl, Manifest } from '../harness/kubectl';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, waitFor } from '../harness/wait';
import { IMAGE_BUILDER } from '../standins/manifests';
import { Diskimages, NodepoolConfig } from 'cdk8s-nodepool';

const NAMESPACE = 'builder-key';
const SECRET = 'nodepool-builder-ssh-key';
const ACCOUNT = `system:serviceaccount:${NAMESPACE}:${SECRET}-maker`;

/** What the account may do, and a choice of what it may not. */
const ALLOWED = ['create secrets', `get secrets/${SECRET}`];
const REFUSED = [
  'get secrets/zookeeper-client-tls', 'list secrets', 'watch secrets', 'create pods', 'get configmaps',
  ...['update', 'patch', 'delete'].map(verb => `${verb} secrets/${SECRET}`),
];

export const builderKeyJob: Scenario = {
  id: 'builder-key-job',
  title: 'the builder waits for its ssh key, which a Job makes once, however often and however many at a time',
  async run(context) { return run(context, await ImageBuilding.in(context, NAMESPACE)); },
};

async function run(context: Context, building: ImageBuilding): Promise<string> {
  const { kubectl } = context;
  const image = Diskimages.ansible({ name: 'debian', playbook: 'debian.yaml', pause: true });
  const objects = building.manifests({ config: new NodepoolConfig({ diskimages: [image] }), builder: { imageBuilders: [await building.machine()] } });
  const [job, ...others] = objects.filter(({ kind }) => kind === 'Job');
  expectEqual('other Jobs', others, []);

  await building.apply(objects.filter(({ kind }) => kind !== 'Job'));
  const pod = await waitsForItsKey(context);
  await twoMakeOne(context, building, job);
  const begun = Date.now();
  await kubectl.rolledOut(NAMESPACE, 'statefulset/nodepool-builder');
  const started = since(begun);
  expectEqual('the pod that started', (await kubectl.get('pod', 'nodepool-builder-0', NAMESPACE)).metadata.uid, pod.metadata.uid);

  const secret = await madeSecret(context);
  const may = (verb: string) => kubectl.run(['auth', 'can-i', ...verb.split(' '), '-n', NAMESPACE, `--as=${ACCOUNT}`]).then(() => true, () => false);
  const granted = await Promise.all([...ALLOWED, ...REFUSED].map(async verb => await may(verb) ? [verb] : []));
  expectEqual('what the Job may', granted.flat(), ALLOWED);

  await kubectl.delete([job]);
  await building.apply([job]);
  await complete(kubectl, job.metadata.name);
  const later = await kubectl.get('secret', SECRET, NAMESPACE);
  expectEqual('the version after another Job', later.metadata.resourceVersion, secret.metadata.resourceVersion);

  const host = await opensTheMachine(building, Buffer.from(secret.data.pub, 'base64').toString());
  return `the builder was Pending without the Secret and ready ${started} after two Jobs at once were complete, one of which made it: `
    + `priv, pub, immutable, kept by Argo CD and Flux; the account may ${ALLOWED.join(', ')}, and none of ${REFUSED.length} others; `
    + `another Job left version ${later.metadata.resourceVersion}; its key opens ${host.trim()}, once authorized`;
}

/** The builder's pod, which does not start without the Secret. */
async function waitsForItsKey({ kubectl }: Context): Promise<any> {
  const messages = () => kubectl.run(['get', 'events', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].message}']);
  await waitFor('the builder waits for its key', 60, async () => (await messages()).includes(`secret "${SECRET}" not found`), 1);
  const [pod] = await kubectl.list('pods', NAMESPACE, 'run=nodepool-builder');
  expectEqual('the phase of the builder without a key', pod.status.phase, 'Pending');
  return pod;
}

/** Of two Jobs at once one makes the key, and both are content. */
async function twoMakeOne({ kubectl }: Context, building: ImageBuilding, job: Manifest): Promise<void> {
  const twin = { ...job, metadata: { ...job.metadata, name: `${job.metadata.name}-twin` } };
  await building.apply([job, twin]);
  await Promise.all([job, twin].map(each => complete(kubectl, each.metadata.name)));
  const logs = await Promise.all([job, twin].map(each => kubectl.run(['logs', '-n', NAMESPACE, `job/${each.metadata.name}`])));
  expectEqual('Jobs that made the key', logs.filter(log => log.includes('make_key: made the Secret')).length, 1);
}

async function madeSecret({ kubectl }: Context): Promise<any> {
  const secret = await kubectl.get('secret', SECRET, NAMESPACE);
  const { annotations } = secret.metadata;
  expectEqual('what the Secret holds', [Object.keys(secret.data).sort(), secret.immutable], [['priv', 'pub'], true]);
  const kept = [annotations['argocd.argoproj.io/sync-options'], annotations['kustomize.toolkit.fluxcd.io/prune']];
  expectEqual('what keeps it', kept, ['Prune=false,Delete=false', 'disabled']);
  return secret;
}

/** The name of the machine, which lets the builder in when it knows the key, and not before. */
async function opensTheMachine(building: ImageBuilding, publicKey: string): Promise<string> {
  const refused = await building.inBuilder('ssh', IMAGE_BUILDER, 'hostname').then(() => '', error => error.output);
  expectThat(refused.includes('Permission denied'), `before the key is authorized ssh says ${refused}`);
  await building.authorize(publicKey);
  return waitFor('ssh with the key', 30, () => building.inBuilder('ssh', IMAGE_BUILDER, 'hostname'), 1);
}

async function complete(kubectl: Kubectl, name: string): Promise<void> {
  await kubectl.run(['wait', '-n', NAMESPACE, `job/${name}`, '--for=condition=complete', '--timeout=60s'], { timeout: 70 });
}
