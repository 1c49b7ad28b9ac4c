import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitRepository } from '../harness/git-repository';
import { ImageBuilding } from '../harness/image-building';
import { asOnOpenshift, OPENSHIFT_UID } from '../harness/openshift';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat } from '../harness/wait';
import { ContainerImage, Diskimages, NodepoolConfig, Platform, Playbooks, SecretSource } from 'cdk8s-nodepool';

const NAMESPACE = 'openshift-dib';
const PLAYBOOKS = join(__dirname, '..', '..', '..', 'examples', 'image-builders', 'playbooks');
const FILES = ['debian.yaml', 'roles/dib/tasks/main.yaml'];

export const openshiftDib: Scenario = {
  id: 'openshift-dib',
  title: 'on OpenShift a Job makes the builder\'s key and playbooks are checked out from Git, both as an arbitrary user, and Ansible builds with them',
  async run(context) {
    const repository = await GitRepository.during(context);
    await asOnOpenshift(context, [NAMESPACE]);
    return run(context, repository, await ImageBuilding.in(context, NAMESPACE));
  },
};

async function run({ kubectl }: Context, repository: GitRepository, building: ImageBuilding): Promise<string> {
  const commit = await repository.push(Object.fromEntries(FILES.map(file => [`ci/images/${file}`, readFileSync(join(PLAYBOOKS, file), 'utf8')])));
  await building.bring('config-repository');
  const objects = building.manifests({
    platform: Platform.OPENSHIFT,
    config: new NodepoolConfig({ diskimages: [Diskimages.ansible({ name: 'debian', playbook: 'debian.yaml', release: 'bookworm' })] }),
    builder: {
      imageBuilders: [await building.machine()],
      playbooks: Playbooks.fromGit({
        url: GitRepository.URL,
        ref: 'main',
        path: 'ci/images',
        credentials: SecretSource.existing('config-repository'),
        image: ContainerImage.parse('docker.io/alpine/git:v2.49.1'), // our image of Nodepool has no git
      }),
    },
  });
  const job = objects.find(({ kind }) => kind === 'Job')!;
  expectThat(!JSON.stringify(objects).includes('runAsUser'), 'a user id stands in the manifests of OpenShift');

  // the builder tries again after a while when its first build fails: the machine knows the key before.
  await building.apply(objects.filter(({ kind }) => kind !== 'StatefulSet'));
  await kubectl.run(['wait', '-n', NAMESPACE, `job/${job.metadata.name}`, '--for=condition=complete', '--timeout=90s'], { timeout: 100 });
  const [maker] = await kubectl.list('pods', NAMESPACE, `run=${job.spec.template.metadata.labels.run}`);
  expectEqual('the user of the Job', maker.spec.securityContext.runAsUser, OPENSHIFT_UID);
  const made = await kubectl.run(['logs', '-n', NAMESPACE, maker.metadata.name]);
  expectThat(made.includes('make_key: made the Secret'), `the Job says ${made}`);

  const pub = Buffer.from((await kubectl.get('secret', 'nodepool-builder-ssh-key', NAMESPACE)).data.pub, 'base64').toString();
  await building.authorize(pub);
  await building.apply(objects);
  await kubectl.rolledOut(NAMESPACE, 'statefulset/nodepool-builder');
  const user = (await building.inBuilder('sh', '-c', 'echo $(id -u):$(id -g)')).trim();
  expectEqual('the user of the builder', user, `${OPENSHIFT_UID}:0`);
  const checkout = await kubectl.run(['logs', '-n', NAMESPACE, 'nodepool-builder-0', '-c', 'playbooks']);
  expectThat(checkout.includes(`commit ${commit} (main) fetched`), `the checkout says ${checkout}`);
  const log = await building.log('debian', /dib-ansible: \S+\.qcow2: 1000000 bytes[^]*Exit code: 0/);
  expectThat(!log.includes('Permission denied'), `the log of the build:\n${log}`);
  return `no user id in the manifests; Job and builder ran as ${OPENSHIFT_UID}; the Job made the key, the init container checked out commit ${commit.slice(0, 8)} over ssh, `
    + 'and Ansible built an image with both';
}
