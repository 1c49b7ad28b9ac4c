import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, waitFor } from '../harness/wait';

const OUTSIDE_OF_BUILDS = ['/', '/nodepool/', '/nodepool/builds/logs/link', '/nodepool/builds/../dib/', '/nodepool/builds/%2e%2e/dib/', '/etc/passwd'];

/** Asks for paths as they are: kubectl and the API server would take `..` away. */
const ASK = `
import http.client, json, sys
answers = {}
for path in sys.argv[2:]:
    connection = http.client.HTTPConnection(sys.argv[1], 8080, timeout=10)
    connection.request('GET', path)
    answers[path] = connection.getresponse().status
print(json.dumps(answers))
`;

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
    const answers: Record<string, number> = JSON.parse(await deployment.inZuul(['python3', '-c', ASK, `nodepool-builder.${deployment.namespace}.svc`, `/nodepool/builds/logs/${file}`, ...OUTSIDE_OF_BUILDS]));
    await kubectl.exec('zuul', 'nodepool-builder-0', ['rm', link], { container: 'nodepool-builder' });
    const { [`/nodepool/builds/logs/${file}`]: inside, ...outside } = answers;
    expectEqual('the answer to the log, asked for in the same way', inside, 200);
    expectEqual('answers outside of the builds that are no refusal', Object.entries(outside).filter(([, status]) => status !== 403 && status !== 404), []);

    const [, hostKey] = (await kubectl.exec('outside', 'deployment/image-builder', ['ssh-keygen', '-y', '-f', '/tmp/host-key'])).split(' ');
    const { nodes: [node], seconds } = await deployment.nodes(['server']);
    expectThat(node.host_keys.includes(`ssh-ed25519 ${hostKey}`), `the launcher scanned ${node.host_keys.join(', ')}`);
    await deployment.release([node]);
    await deployment.nothingLeft();
    return `build ${id.slice(0, 8)} over ssh, in glance; log ${log.length} bytes, served; ${Object.keys(outside).length} paths outside, among them a symlink and ".." as it is, refused with 403 or 404; `
      + `a server of ${node.provider} in ${seconds} s, its host key scanned; nothing left after the release`;
  },
};
