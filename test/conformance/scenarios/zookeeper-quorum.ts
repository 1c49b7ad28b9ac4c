import { Ensemble, NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Rogue } from '../harness/rogue';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, waitFor } from '../harness/wait';

export const zookeeperQuorum: Scenario = {
  id: 'zookeeper-quorum',
  title: 'a quorum forms over TLS; only clients with a certificate of the ensemble get in, and only members with one of the quorum\'s own authority join',
  run: context => {
    const begun = Date.now();
    return LoneEnsemble.shared(context, async ensemble => {
      const formed = since(begun);
      const clients = await tryClients(context, ensemble);
      return `it and cert-manager ready ${formed} after they were applied; ${clients}; ${await tryMembers(context, ensemble)}`;
    });
  },
};

async function tryClients({ deployment }: Context, ensemble: Ensemble): Promise<string> {
  const nodepool = await ensemble.certificate(`${NAME}-client-tls`);
  expectEqual('what Nodepool\'s client reads', await ensemble.try(nodepool), { let_in: true, read: 'written' });
  const foreign = deployment.foreignCertificate('client');
  const quorum = await ensemble.certificate(`${NAME}-quorum-tls`);
  const refused: Record<string, string> = {};
  for (const [what, shown] of Object.entries({
    'without a certificate': { ca: nodepool.ca },
    'with one of another authority': { ...foreign, ca: nodepool.ca },
    'with a member\'s of the quorum': { ...quorum, ca: nodepool.ca },
  })) {
    const answer = await ensemble.try(shown);
    expectThat(!answer.let_in, `a client ${what} is let in`);
    refused[what] = answer.handshake!;
  }
  expectThat(!/imok/.test(await ensemble.client(['plain', ensemble.servers[0]])), 'the port for TLS answers a client in the clear');
  expectEqual('port 2181', await ensemble.client(['plain', ensemble.port(0, 2181)]), 'ConnectionRefusedError');
  return `Nodepool's client writes and reads; refused: ${Object.entries(refused).map(([what, how]) => `${what} (${how})`).join(', ')}, in the clear`;
}

/** A real ZooKeeper takes the place of a member that is away. With the right certificate it is let in: so that is what the others lack. */
async function tryMembers({ deployment }: Context, ensemble: LoneEnsemble): Promise<string> {
  await ensemble.scale(2);
  await waitFor('the third member is gone', 90, async () => (await ensemble.pods()).length === 2);
  await ensemble.leader([0, 1]);
  const quorum = await ensemble.certificate(`${NAME}-quorum-tls`);
  const rogue = new Rogue(ensemble);
  const foreign = deployment.foreignCertificate('server');
  const client = await ensemble.certificate(`${NAME}-client-tls`);
  const server = await ensemble.certificate(`${NAME}-server-tls`);
  const refusals = await Promise.all([
    rogue.refused('with-client', { ...client, ca: quorum.ca }),
    rogue.refused('with-server', { ...server, ca: quorum.ca }),
    rogue.refused('with-foreign', { ...foreign, ca: quorum.ca }),
  ]);
  expectEqual('what port 3888 says to the quorum\'s own certificate', await ensemble.handshake(0, 3888, quorum), 'let in');
  const joined = await rogue.joins('with-quorum', quorum);
  await ensemble.apply();
  await ensemble.ready();
  return `a real ZooKeeper in a third member's place, with Nodepool's client certificate, a member's own for clients, or one of another authority is refused (${[...new Set(refusals)].join(', ')}); `
    + `with the quorum's it follows after ${joined}`;
}
