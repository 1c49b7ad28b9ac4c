import { Scenario } from '../harness/scenario';
import { SecretTools } from '../harness/secret-tools';
import { expectEqual, waitFor } from '../harness/wait';
import { sealedSecretsController } from '../standins/controllers';
import { clouds, OUTSIDE, secret, ZUUL } from '../standins/manifests';
import { SecretSource } from 'cdk8s-nodepool';

const NAME = 'nodepool-providers-secrets';

export const sealedSecrets: Scenario = {
  id: 'sealed-secrets',
  title: 'the real controller of Sealed Secrets unseals what the stack renders, and the launcher works with it',
  async run({ cluster, kubectl, deployment, cleanup }) {
    await deployment.ready();
    await deployment.readyImage();
    const tools = await SecretTools.make();
    const controller = sealedSecretsController();
    await cluster.provideImages(controller);
    cleanup(() => kubectl.delete(controller));
    await kubectl.apply(controller);
    await kubectl.rolledOut(OUTSIDE, 'deployment/sealed-secrets');
    const certificate = await waitFor('the certificate', 60, () => kubectl.page(OUTSIDE, 'sealed-secrets', 8080, '/v1/cert.pem'));
    const text = `# sealed\n${clouds()}`;
    const encryptedData = await tools.seal(secret(ZUUL, NAME, { 'clouds.yaml': text }), certificate);
    const providers = SecretSource.sealedSecret({ encryptedData, holds: { clouds: ['cloud-one', 'cloud-two'] } });

    const sealed = deployment.manifests({ providers }).find(({ kind }) => kind === 'SealedSecret')!;
    const goesWithIt = () => waitFor('the Secret goes with it', 60, async () => await kubectl.find('secret', NAME, ZUUL) === undefined);
    cleanup(async () => {
      await kubectl.delete([sealed]);
      await goesWithIt();
      await deployment.setProviders();
      await deployment.ready();
    });
    await kubectl.run(['delete', 'secret', '-n', ZUUL, NAME]); // the controller leaves alone what is not its own
    await deployment.startedAgainBy(() => deployment.apply({ providers }));
    const [object] = await kubectl.getAll([sealed]);
    const condition = object.status?.conditions?.find((each: any) => each.type === 'Synced');
    expectEqual('the condition Synced', condition?.status, 'True');
    const unsealed = await kubectl.get('secret', NAME, ZUUL);
    expectEqual('the Secret belongs to', unsealed.metadata.ownerReferences?.map((each: any) => `${each.kind} ${each.name}`), [`SealedSecret ${NAME}`]);
    const read = () => kubectl.exec(ZUUL, 'deployment/nodepool-launcher', ['sh', '-c', 'cat "$OS_CLIENT_CONFIG_FILE"'], { container: 'launcher' });
    await waitFor('clouds.yaml in the launcher', 90, async () => await read() === text);
    const { nodes, seconds } = await deployment.nodes(['server']);
    expectEqual('the node is of', nodes[0].provider, 'cloud-one');
    await deployment.release(nodes);

    await kubectl.delete([sealed]);
    await goesWithIt();
    return `sealed by kubeseal with the controller's certificate, Synced, the Secret is as the pods look for it; a server of cloud-one in ${seconds} s`;
  },
};
