import { X509Certificate } from 'node:crypto';
import { NAME } from '../harness/ensemble';
import { onOwnEnsemble } from '../harness/own-ensemble';
import { Scenario } from '../harness/scenario';
import { expectEqual, since, waitFor } from '../harness/wait';

export const zookeeperClientRenewal: Scenario = {
  id: 'zookeeper-client-renewal',
  title: 'Nodepool\'s client certificate is renewed: launcher and builder go on with the new one, and are not restarted',
  run: context => onOwnEnsemble(context, async ensemble => {
    const { kubectl, deployment } = context;
    await deployment.readyImage();
    const services = ['launcher', 'builder'] as const;
    const starts = () => Promise.all(services.map(service => deployment.starts(service)));
    const before = await starts();
    const begun = Date.now();
    const renewed = await ensemble.renew(`${NAME}-client-tls`);
    for (const [pod, container] of [['deployment/nodepool-launcher', 'launcher'], ['pod/nodepool-builder-0', 'nodepool-builder']]) {
      await waitFor(`the new certificate is in ${container}`, 90, async () => {
        const pem = await kubectl.exec('zuul', pod, ['cat', '/tls/client/tls.crt'], { container });
        return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase() === renewed;
      }, 1);
    }
    const seconds = since(begun);
    // every connection is made anew, one after the other.
    for (const member of [0, 1, 2]) { await ensemble.crash(member); }
    const answer = await deployment.nodes(['pod']);
    await deployment.giveBack(answer.nodes);
    const builds = async () => (await deployment.zuul('images') as any[]).filter(({ state }) => state === 'ready').map(({ id }) => id);
    const known = await builds();
    await kubectl.exec('zuul', 'nodepool-builder-0', ['nodepool', 'image-build', 'debian-bookworm'], { container: 'nodepool-builder' });
    await waitFor('another image is built', 120, async () => (await builds()).some(id => !known.includes(id)), 1);
    expectEqual('pods, starts and restarts', await starts(), before);
    return `the new certificate is in both pods after ${seconds}; every member restarted since, so that all connections are new: a pod in ${answer.seconds} s, an image built; same pods, same processes`;
  }),
};
