import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, waitFor } from '../harness/wait';

export const imageBuild: Scenario = {
  id: 'image-build',
  title: 'the builder builds on another machine over ssh and uploads; logs are served and nothing else; servers boot from the image',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    const { id } = await deployment.readyImage();
    await waitFor('/dib-image-list says ready', 60, async () => (await deployment.json('/dib-image-list')).some(row => row.state === 'ready'));

    const page = (path: string) => kubectl.page('zuul', 'nodepool-builder', 8080, path);
    const [, file] = /href="(debian-bookworm-[^"]*\.log)"/.exec(await page('/nodepool/builds/logs/')) ?? [];
    expectThat(file, 'no log is listed under /nodepool/builds/logs/');
    const log = await page(`/nodepool/builds/logs/${file}`);
    expectThat(log.includes('Build completed successfully'), `the log says:\n${log.slice(-500)}`);
    const link = '/var/lib/nodepool/builds/logs/link';
    await kubectl.exec('zuul', 'nodepool-builder-0', ['ln', '-sf', '/etc/passwd', link], { container: 'nodepool-builder' });
    const served: string[] = [];
    for (const path of ['/', '/nodepool/', '/nodepool/builds/logs/link', '/nodepool/builds/../dib/', '/etc/passwd']) {
      await page(path).then(() => served.push(path), () => undefined);
    }
    await kubectl.exec('zuul', 'nodepool-builder-0', ['rm', link], { container: 'nodepool-builder' });
    expectEqual('served outside of the builds', served, []);

    const [, hostKey] = (await kubectl.exec('outside', 'deployment/image-builder', ['ssh-keygen', '-y', '-f', '/tmp/host-key'])).split(' ');
    const { nodes: [node], seconds } = await deployment.nodes(['server']);
    expectThat(node.host_keys.includes(`ssh-ed25519 ${hostKey}`), `the launcher scanned ${node.host_keys.join(', ')}`);
    await deployment.release([node]);
    await deployment.nothingLeft();
    return `build ${id.slice(0, 8)} over ssh, in glance; log ${log.length} bytes, served; 5 paths outside, a symlink among them, refused; `
      + `a server of ${node.provider} in ${seconds} s, its host key scanned; nothing left after the release`;
  },
};
