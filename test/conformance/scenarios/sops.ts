import { Scenario } from '../harness/scenario';
import { SecretTools } from '../harness/secret-tools';
import { expectEqual, expectThat } from '../harness/wait';
import { clouds, secret, ZUUL } from '../standins/manifests';
import { SecretSource } from 'cdk8s-nodepool';

export const sops: Scenario = {
  id: 'sops',
  title: 'a file that sops encrypted goes through the stack and is applied decrypted, and the launcher finds its cloud',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    await deployment.readyImage();
    const tools = await SecretTools.make();
    const text = `# from sops\n${clouds()}`;
    const seen = await tools.withEncrypted(secret(ZUUL, 'nodepool-providers-secrets', { 'clouds.yaml': text }), async (file, decrypt) => {
      const manifests = deployment.manifests({ providers: SecretSource.sops(file, { clouds: ['cloud-one', 'cloud-two'] }) });
      expectThat(!manifests.some(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'nodepool-providers-secrets'), 'the Secret is rendered too');
      let unknown = '';
      try { deployment.manifests({ providers: SecretSource.sops(file, { clouds: ['cloud-one'] }) }); } catch (error) { unknown = String(error); }
      expectThat(unknown.includes('cloud-two'), 'a cloud that the file does not hold is not reported');
      await kubectl.apply(manifests, ['--force-conflicts']);
      return deployment.startedAgainBy(async () => kubectl.run(['apply', '-f', '-'], { input: await decrypt() }));
    });
    const inPod = await kubectl.exec(ZUUL, 'deployment/nodepool-launcher', ['sh', '-c', 'cat "$OS_CLIENT_CONFIG_FILE"'], { container: 'launcher' });
    expectEqual('clouds.yaml in the launcher', inPod, text);
    const { nodes, seconds } = await deployment.nodes(['server']);
    expectEqual('the node is of', nodes[0].provider, 'cloud-one');
    await deployment.release(nodes);
    await deployment.setProviders();
    return `encrypted by age and sops, checked and not rendered; sops --decrypt | kubectl apply: ${seen.trim()}; a server of cloud-one in ${seconds} s`;
  },
};
