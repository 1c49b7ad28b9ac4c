import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, sleep, waitFor } from '../harness/wait';

const BUILD_SECONDS = 25;

export const stop: Scenario = {
  id: 'stop',
  title: 'both services end in order; a build is finished; what a launcher leaves behind that is killed (SIGKILL) is cleaned up by the next',
  async run(context) {
    await context.deployment.ready();
    await context.deployment.readyImage();
    const launcher = await launcherStops(context);
    const builder = await builderStops(context);
    const young = await builderStopsAtItsStart(context);
    const killed = await launcherIsKilled(context);
    return `launcher: ${launcher}; builder in the middle of a build: ${builder}; deleted as it starts: ${young}; launcher, kill -9 in the middle of a launch: ${killed}`;
  },
};

async function launcherStops({ kubectl, deployment }: Context): Promise<string> {
  const { metadata: { name } } = await deployment.pod('launcher');
  const log = kubectl.start(['logs', '-f', '--tail=0', '-n', 'zuul', name, '-c', 'launcher']);
  const begun = Date.now();
  await kubectl.run(['delete', 'pod', '-n', 'zuul', name], { timeout: 130 });
  const seconds = since(begun);
  await log.done;
  expectThat(log.output().includes('nodepool-launcher ended with exit code 0'), `the launcher did not end by itself:\n${log.output().slice(-1000)}`);
  await kubectl.rolledOut('zuul', 'deployment/nodepool-launcher');
  return `ended with exit code 0, the pod gone after ${seconds}`;
}

async function builderStops({ kubectl, deployment }: Context): Promise<string> {
  await deployment.setBuildSeconds(BUILD_SECONDS);
  const builds = async () => (await deployment.zuul('images')) as any[];
  const before = (await builds()).map(build => build.id);
  await kubectl.exec('zuul', 'nodepool-builder-0', ['nodepool', 'image-build', 'debian-bookworm'], { container: 'nodepool-builder' });
  const building = await waitFor('a build runs', 60, async () => (await builds()).find(build => build.state === 'building' && !before.includes(build.id)));
  const begun = Date.now();
  await kubectl.run(['delete', 'pod', '-n', 'zuul', 'nodepool-builder-0'], { timeout: BUILD_SECONDS + 120 });
  const seconds = since(begun);
  await deployment.setBuildSeconds(1);
  const ended = (await builds()).find(build => build.id === building.id);
  expectEqual(`state of the build, when the pod is gone after ${seconds}`, ended?.state, 'ready');
  await kubectl.rolledOut('zuul', 'statefulset/nodepool-builder');
  return `the pod waited for it, ${seconds}, the image is ready`;
}

/** Process 1 loses a SIGTERM that comes before it has its handlers; the pod would stay for its grace period, as long as a build may take. */
async function builderStopsAtItsStart({ kubectl }: Context): Promise<string> {
  let longest = 0;
  for (const seconds of [0, 0.3, 0.6, 1, 1.5]) {
    await waitFor('a container of the builder runs', 60, async () => {
      const { metadata, status } = await kubectl.get('pod', 'nodepool-builder-0', 'zuul');
      return !metadata.deletionTimestamp && status.containerStatuses?.some((container: any) => container.state.running);
    }, 0.05);
    await sleep(seconds);
    const begun = Date.now();
    await kubectl.run(['delete', 'pod', '-n', 'zuul', 'nodepool-builder-0'], { timeout: 60 });
    longest = Math.max(longest, (Date.now() - begun) / 1000);
  }
  await kubectl.rolledOut('zuul', 'statefulset/nodepool-builder');
  return `gone after ${longest.toFixed(1)} s at most, at five moments`;
}

/** Kills the daemon, the child of the supervisor: PID 1 takes no SIGKILL from inside its container. */
const KILL_DAEMON = `
import os, signal
for pid in filter(str.isdigit, os.listdir('/proc')):
    fields = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()
    if fields[1] == '1' and b'nodepool-launcher' in open(f'/proc/{pid}/cmdline', 'rb').read():
        os.kill(int(pid), signal.SIGKILL)
        print('killed')
`;

async function launcherIsKilled({ kubectl, deployment }: Context): Promise<string> {
  await deployment.setOpenstack({ boot_seconds: 20 });
  const request = deployment.startRequest(['server'], 240);
  const first = await waitFor('a server boots', 60, async () => (await deployment.openstack()).servers[0]);
  const before = await deployment.starts('launcher');
  const { metadata: { name } } = await deployment.pod('launcher');
  expectEqual('what is killed', (await kubectl.exec('zuul', name, ['python3', '-c', KILL_DAEMON], { container: 'launcher' })).trim(), 'killed');
  await deployment.setOpenstack({ boot_seconds: 1 });
  const after = await waitFor('the launcher is started again', 120, async () => {
    const now = await deployment.starts('launcher');
    return now.restarts > before.restarts && now;
  });
  expectEqual('the pod, and how often its container was restarted', [after.pod, after.restarts], [before.pod, before.restarts + 1]);
  const begun = Date.now();
  const answer = JSON.parse(await request.done);
  expectThat(answer.nodes[0].external_id !== first.id, 'the node is the server that was booting when the launcher was killed');
  await deployment.release(answer.nodes);
  await deployment.nothingLeft(180);
  return `restarted once; it fulfilled the request with another server; nothing left in ZooKeeper and the cloud ${since(begun)} after it was ready`;
}
