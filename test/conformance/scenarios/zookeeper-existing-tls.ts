import { Ensemble, NAME } from '../harness/ensemble';
import { Kubectl } from '../harness/kubectl';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since } from '../harness/wait';
import { Authority } from '../standins/authority';
import { secret } from '../standins/manifests';
import { CertificateTexts } from '../standins/zookeeper';
import { ZookeeperTls } from 'cdk8s-nodepool';

const SERVER = 'corporate-zookeeper-server';
const QUORUM = 'corporate-zookeeper-quorum';
// the pod of clients mounts this one.
const CLIENT = `${NAME}-client-tls`;

export const zookeeperExistingTls: Scenario = {
  id: 'zookeeper-existing-tls',
  title: 'an ensemble with Secrets of a company\'s own authorities serves clients of another one, and takes new certificates without a restart',
  run: ({ kubectl, ...context }) => LoneEnsemble.in({ kubectl, ...context }, 'existing-tls', async ensemble => {
    const [members, clients, quorum, stranger] = await Promise.all(['members', 'clients', 'quorum', 'stranger'].map(name => Authority.root(name)));
    context.cleanup(async () => { for (const authority of [members, clients, quorum, stranger]) { authority.discard(); } });
    const between = await members.intermediate('between');
    const server = (name: string) => between.issue(name, members.certificate + clients.certificate);
    const peer = (name: string) => quorum.issue(name, quorum.certificate);
    const client = await clients.issue('nodepool', members.certificate);

    await bring(kubectl, ensemble, { [SERVER]: await server('first'), [QUORUM]: await peer('first'), [CLIENT]: client });
    await ensemble.apply({ tls: ZookeeperTls.existing({ serverSecret: SERVER, quorumSecret: QUORUM, clientSecret: CLIENT }) });
    await ensemble.ready();
    expectEqual('what the client reads', await ensemble.try(client), { let_in: true, read: 'written' });
    const refused = await refusals(ensemble, client.ca, {
      'of the quorum': await peer('a client'), 'of nobody they know': await stranger.issue('stranger', members.certificate),
    });
    expectEqual('warnings of the members\' certificates', await warnings(kubectl, ensemble), []);

    const before = await ensemble.starts();
    const begun = Date.now();
    await bring(kubectl, ensemble, { [SERVER]: await server('second'), [QUORUM]: await peer('second') });
    await ensemble.shown(await ensemble.fingerprint(SERVER), 2281);
    await ensemble.shown(await ensemble.fingerprint(QUORUM), 3888);
    const renewed = since(begun);
    expectEqual('pods and restarts of the members', await ensemble.starts(), before);
    await ensemble.deletePod(await ensemble.leader());
    await ensemble.ready();
    expectEqual('what the client reads then', await ensemble.try(client), { let_in: true, read: 'written' });
    await ensemble.remove();
    return `three members serve a client of another authority; refused: ${refused}; new certificates of members and quorum are shown by all ${renewed} after the Secrets changed, `
      + 'no pod was restarted, and a leader that is deleted comes back';
  }),
};

async function bring(kubectl: Kubectl, { namespace }: Ensemble, secrets: Record<string, CertificateTexts>): Promise<void> {
  await kubectl.apply(Object.entries(secrets).map(([name, { ca, cert, key }]) => secret(namespace, name, { 'ca.crt': ca, 'tls.crt': cert, 'tls.key': key })));
}

async function refusals(ensemble: Ensemble, ca: string, shown: Record<string, CertificateTexts>): Promise<string> {
  const seen = [];
  for (const [what, { cert, key }] of Object.entries(shown)) {
    const { let_in: letIn, handshake } = await ensemble.try({ ca, cert, key });
    expectThat(!letIn, `a client with a certificate ${what} is let in`);
    seen.push(`one ${what} (${handshake})`);
  }
  return seen.join(', ');
}

async function warnings(kubectl: Kubectl, ensemble: Ensemble): Promise<string[]> {
  const logs = await Promise.all((await ensemble.pods()).map(({ metadata: { name } }) =>
    kubectl.run(['logs', '-n', ensemble.namespace, name, '-c', 'certificates'])));
  expectThat(logs.every(log => log.trim() !== ''), 'a container \'certificates\' says nothing');
  return logs.flatMap(log => log.split('\n')).filter(line => /warning/i.test(line));
}
