import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { EnvValue, Secret } from 'cdk8s-plus-27';
import { ImageBuilding } from '../harness/image-building';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, waitFor } from '../harness/wait';
import { secret } from '../standins/manifests';
import { Diskimages, NodepoolConfig, Playbooks } from 'cdk8s-nodepool';

const NAMESPACE = 'dib-ansible';
const LOGIN = 'correct-horse-battery';
const EXAMPLE = join(__dirname, '..', '..', '..', 'examples', 'image-builders', 'playbooks');

/** Beside the playbook of the example: what may go wrong, and a task that says too much. */
const PLAYBOOKS = {
  'debian.yaml': readFileSync(join(EXAMPLE, 'debian.yaml'), 'utf8'),
  'roles/dib/tasks/main.yaml': readFileSync(join(EXAMPLE, 'roles/dib/tasks/main.yaml'), 'utf8'),
  'fails.yaml': playbook('builders', { command: 'false' }),
  'no-image.yaml': playbook('builders', { command: 'echo the login is {{ lookup("env", "LOGIN") }} and {{ lookup("env", "LOGIN") | b64encode }}' }),
  'impostor.yaml': playbook('impostors', { ping: {} }),
};

/** A host key that nobody has the private half of. */
const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIrgOMbyWWMkpc8UtuIysI2fAD75LK8kbAE5qSka+ew7';

export const dibAnsible: Scenario = {
  id: 'dib-ansible',
  title: 'Ansible builds on another machine over ssh; a build fails where the playbook, the image or the host key does; its log is stamped, and secrets are masked',
  async run(context) { return run(context, await ImageBuilding.in(context, NAMESPACE)); },
};

async function run(context: Context, building: ImageBuilding): Promise<string> {
  await begin(context, building);
  const logs: Record<string, string> = {};
  for (const [image, end] of Object.entries(ENDS)) { logs[image] = await building.log(image, end); }
  const lines = stampedAndMasked(logs);
  await endedAsTheyShould(building);
  const files = (await building.inBuilder('sh', '-c', 'cd /var/lib/nodepool/dib && ls -d *.qcow2* && sha256sum -c *.sha256 && md5sum -c *.md5')).trim().split('\n');
  const right = files.length === 5 && files.every(file => /^debian-[\w-]+\.qcow2(\.md5|\.sha256)?$|^\S+\.qcow2: OK$/.test(file));
  expectThat(right, `the images: ${files.join(', ')}`);
  return `debian is ready, with ${files.slice(0, 3).join(', ')}, both sums right; failed: a playbook with exit code 2, one that leaves no image, `
    + `a machine with another host key ("Host key verification failed"); ${lines} lines served, each with its time but for Nodepool's own last ones; `
    + 'the login from a Secret is ******** there, plain and in base64';
}

/** The end of each build's log. */
const ENDS: Record<string, RegExp> = {
  'debian': /dib-ansible: \S+\.qcow2: 1000000 bytes[^]*Exit code: 0/,
  'fails': /ansible-playbook ended with exit code 2: no image[^]*Exit code: 2/,
  'no-image': /ansible-playbook was successful, and there is no image[^]*Exit code: 1/,
  'impostor': /Host key verification failed[^]*Exit code: 4/,
};

/** A builder that knows the machine, and an impostor under another name. */
async function begin({ kubectl }: Context, building: ImageBuilding): Promise<void> {
  await building.bring('nodepool-builder-ssh-key'); // the machine accepts it
  await kubectl.apply([secret(NAMESPACE, 'login', { login: LOGIN })]);
  const machine = await building.machine();
  const diskimages = Object.keys(ENDS).map(name => Diskimages.ansible({ name, playbook: `${name}.yaml`, release: 'bookworm' }));
  const login = Secret.fromSecretName(new Chart(Testing.app(), 'login'), 'Login', 'login');
  await building.apply(building.manifests({
    config: new NodepoolConfig({ diskimages }),
    builder: {
      imageBuilders: [machine, { ...machine, host: `${machine.host}.cluster.local`, hostKeys: [OTHER_KEY], groups: ['impostors'] }],
      playbooks: Playbooks.fromFiles(PLAYBOOKS),
      env: { LOGIN: EnvValue.fromSecretValue({ secret: login, key: 'login' }) },
    },
  }));
  await kubectl.rolledOut(NAMESPACE, 'statefulset/nodepool-builder');
}

/** How many lines the logs have; each with its time, and none with the login. */
function stampedAndMasked(logs: Record<string, string>): number {
  const lines = Object.values(logs).flatMap(log => log.trimEnd().split('\n'));
  // the last line of each is Nodepool's own.
  const bare = lines.filter(line => !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| |^Exit code: \d$/.test(line));
  expectEqual('lines without their time', bare, []);
  expectThat(/the login is \*{8} and \*{8}/.test(logs['no-image']), `the log does not mask the login:\n${logs['no-image']}`);
  for (const form of [LOGIN, Buffer.from(LOGIN).toString('base64')]) {
    expectEqual('logs with the login', Object.values(logs).filter(log => log.includes(form)).length, 0);
  }
  return lines.length;
}

/** One image is ready, and the others failed. A build that failed is tried again, and its record goes meanwhile: what was seen once counts. */
async function endedAsTheyShould(building: ImageBuilding): Promise<void> {
  const names = Object.keys(ENDS);
  const ended: Record<string, string> = {};
  const states = await waitFor('every build has ended', 60, async () => {
    const table = await building.inBuilder('nodepool', 'dib-image-list');
    for (const [, image, state] of table.matchAll(/\| \S+ +\| (\S+) +\|.*\| (ready|failed) +\|/g)) { ended[image] = state; }
    return names.every(name => ended[name]) && names.map(name => ended[name]);
  }, 1);
  expectEqual(`states of ${names.join(', ')}`, states, ['ready', 'failed', 'failed', 'failed']);
}

function playbook(hosts: string, task: object): string {
  return JSON.stringify([{ hosts, gather_facts: false, tasks: [task] }]); // JSON is YAML
}
