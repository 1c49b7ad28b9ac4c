import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat } from '../harness/wait';
import { clouds } from '../standins/manifests';

/** Another cluster, which no provider of the example uses. */
const KUBECONFIG = JSON.stringify({
  'apiVersion': 'v1',
  'kind': 'Config',
  'current-context': 'elsewhere',
  'clusters': [{ name: 'elsewhere', cluster: { server: 'https://elsewhere.example.com:6443' } }],
  'users': [{ name: 'elsewhere', user: { token: 'none' } }],
  'contexts': [{ name: 'elsewhere', context: { cluster: 'elsewhere', user: 'elsewhere' } }],
});

export const adminCommands: Scenario = {
  id: 'admin-commands',
  title: 'the commands that administrators have in their fingers work as they are',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    await deployment.readyImage();

    const directory = mkdtempSync(join(tmpdir(), 'admin-'));
    writeFileSync(join(directory, 'clouds.yaml'), clouds());
    writeFileSync(join(directory, 'kube.config'), KUBECONFIG);
    const secret = await kubectl.run(['create', 'secret', 'generic', 'nodepool-providers-secrets', '-n', 'zuul', `--from-file=cloud.yaml=${directory}/clouds.yaml`,
      `--from-file=kube.config=${directory}/kube.config`, '--dry-run=client', '-o', 'yaml']);
    rmSync(directory, { recursive: true });
    const configured = await deployment.startedAgainBy(() => kubectl.run(['apply', '-f', '-'], { input: secret }));
    const { nodes } = await deployment.nodes(['server']);
    await deployment.giveBack(nodes);
    const pods = await deployment.nodes(['pod']);
    await deployment.giveBack(pods.nodes);

    const pub = Buffer.from(await kubectl.run(['get', 'secret', 'nodepool-builder-ssh-key', '-n', 'zuul', '-o', 'jsonpath={.data.pub}']), 'base64').toString();
    expectThat(/^ssh-ed25519 AAAA/.test(pub), 'the public key of the builder cannot be read');
    const ssh = ['ssh', 'image-builder.outside.svc', 'hostname'];
    const host = (await kubectl.exec('zuul', 'nodepool-builder-0', ssh, { container: 'nodepool-builder' })).trim();
    const machines = (await kubectl.readyPods('outside', 'app=image-builder')).map(pod => pod.metadata.name);
    expectEqual('hostname by ssh', [host], machines);
    const selected = await kubectl.run(['get', 'pods', '-n', 'zuul', '--selector', 'run=nodepool-launcher', '-o', 'name']);
    const launchers = (await kubectl.list('pods', 'zuul')).filter(({ spec }) => spec.containers.some((each: any) => each.name === 'launcher'));
    expectEqual('pods with run=nodepool-launcher', selected.trim().split('\n'), launchers.map(({ metadata }) => `pod/${metadata.name}`));

    await deployment.setProviders();
    return `${configured.trim()} with cloud.yaml and kube.config, then a server and a pod were launched; the public key is in .data.pub; ssh from the builder answers "${host}" `
      + 'without a prompt; the selector run=nodepool-launcher finds the launcher\'s pod alone';
  },
};
