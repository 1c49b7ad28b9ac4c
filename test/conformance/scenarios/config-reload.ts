import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, sleep, waitFor } from '../harness/wait';
import { NodepoolConfig } from 'cdk8s-nodepool';

const FILE = join(__dirname, '..', '..', '..', 'examples', 'complete', 'nodepool.yaml');
const BROKEN = 'labels: [';
const REFUSAL = /yaml:\d+:1: a value is missing/;
const IMAGE = 'debian-bookworm';

export const configReload: Scenario = {
  id: 'config-reload',
  title: 'a changed nodepool.yaml reaches launcher and builder without restart; a broken one is refused at synth, and does no harm in the cluster',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    const before = await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]);

    const config = NodepoolConfig.fromFile(FILE);
    config.addLabel({ name: 'added' });
    config.addDiskimage({ name: 'added-image', parent: 'debian-bookworm', formats: ['qcow2'] });
    const pool = { name: 'nodepool-pods', labels: [{ name: 'added', image: 'quay.io/fedora/fedora:40' }] };
    config.addProvider({ name: 'added', driver: 'openshiftpods', context: 'openshiftpods', pools: [pool] });
    const begun = Date.now();
    await deployment.apply({ config });
    await waitFor('the launcher has the new label', 120, async () => (await deployment.labels()).includes('added'));
    const launcher = since(begun);
    const build = () => deployment.json('/dib-image-list').then(rows => rows.some(row => row.id.startsWith('added-image')));
    await waitFor('the builder builds the new image', 120, build, 1);
    const builder = since(begun);

    let refused: unknown;
    const broken = `${readFileSync(FILE, 'utf8')}\n${BROKEN}\n`;
    try { deployment.manifests({ config: NodepoolConfig.fromString(broken) }); } catch (error) { refused = error; }
    expectThat(REFUSAL.test(String(refused)), `a broken nodepool.yaml is not refused at synth for what it is: ${refused}`);

    for (const name of ['nodepool-launcher-config', 'nodepool-builder-config']) {
      await kubectl.run(['patch', 'configmap', name, '-n', 'zuul', '--type=merge', '-p', JSON.stringify({ data: { 'nodepool.yaml': BROKEN } })]);
    }
    for (const service of ['launcher', 'builder'] as const) {
      await waitFor(`the ${service} logs that it cannot read the file`, 120, async () => /yaml\.\w+\.\w*Error|while parsing/.test(await deployment.log(service, '--since=60s')), 1);
    }
    expectEqual('/ready with a broken file', await deployment.page('/ready'), 'OK');
    await sleep(3);
    const answer = await deployment.nodes(['pod']);
    await deployment.giveBack(answer.nodes);

    // Nodepool's builder tries to read the file before it looks for something to build: what is asked for waits.
    const builds = async () => (await deployment.zuul('images') as any[]).filter(({ image }) => image === IMAGE);
    const known = (await builds()).map(({ id }) => id);
    const begunSince = async () => (await builds()).filter(({ id }) => !known.includes(id));
    const tries = async () => (await deployment.log('builder')).split('Exception in BuildWorker').length;
    await deployment.zuul('build', IMAGE);
    const tried = await tries();
    await waitFor('the builder has tried twice more', 90, async () => await tries() >= tried + 2, 1);
    expectEqual('builds that began with a broken file', (await begunSince()).length, 0);

    await deployment.ready();
    await waitFor('the builder builds what was asked for, with its first file', 120, async () => (await begunSince()).some(({ state }) => state === 'ready'), 1);
    await waitFor('the launcher has its first file again', 120, async () => !(await deployment.labels()).includes('added'));
    expectEqual('pods, starts and restarts', await Promise.all([deployment.starts('launcher'), deployment.starts('builder')]), before);
    return `new label after ${launcher}, new image after ${builder}; broken: refused at synth; forced in: logged, /ready 200, a request fulfilled in ${answer.seconds} s; a build that was asked for meanwhile `
      + 'was done with the file that came after; same pods, same processes';
  },
};
