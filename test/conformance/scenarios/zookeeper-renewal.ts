import { Ensemble, NAME } from '../harness/ensemble';
import { LoneEnsemble } from '../harness/lone-ensemble';
import { Rogue } from '../harness/rogue';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, since, sleep, waitFor } from '../harness/wait';
import { gap } from '../harness/writer';
import { ZookeeperTls } from 'cdk8s-nodepool';

export const zookeeperRenewal: Scenario = {
  id: 'zookeeper-renewal',
  title: 'the members\' certificates and both authorities are renewed under clients that write: no write fails, none is lost, and what is old is refused afterwards',
  alone: true,
  run: context => LoneEnsemble.shared(context, async ensemble => {
    const writer = await ensemble.write('renewal');
    await sleep(2);
    const inPlace = await authoritiesInPlace(ensemble);
    const leaves = await leafCertificates(ensemble);
    const old = { client: await ensemble.certificate(`${NAME}-client-tls`), quorum: await ensemble.certificate(`${NAME}-quorum-tls`) };
    const authorities = await nextGeneration(ensemble, old.client);
    const written = await writer.stop();
    expectEqual('moments at which writes failed', written.failedAt(), []);

    const now = await ensemble.certificate(`${NAME}-client-tls`);
    const refused = await ensemble.try({ ...old.client, ca: now.ca });
    expectThat(!refused.let_in, 'a client of the old authority is let in');
    const members = await oldMember(ensemble, { ...old.quorum, ca: old.quorum.ca + (await ensemble.certificate(`${NAME}-quorum-tls`)).ca });
    await ensemble.remove(); // it has other authorities than the next scenario expects.
    const { broken, sessionsLost } = written.connections;
    return `${inPlace}; ${leaves}; ${authorities}; ${written.acknowledged} acknowledged writes are on every member, 0 lost, 0 failed after 5 s of retries, the longest gap ${gap(written.longestGap)}, `
      + `${broken} connections broke, ${sessionsLost} sessions ended; refused then: the old client certificate (${refused.handshake}), ${members}`;
  }),
};

/** As every eight years: the authorities get new certificates for the keys that they have. */
async function authoritiesInPlace(ensemble: Ensemble): Promise<string> {
  const names = ['client', 'quorum'].map(kind => `${NAME}-${kind}-ca-1`);
  const keys = () => Promise.all(names.map(async name => (await ensemble.certificate(name)).key));
  const before = await keys();
  for (const name of names) { await ensemble.renew(name); }
  expectEqual('the keys of the authorities', await keys().then(now => now.every((key, index) => key === before[index])), true);
  return 'the certificates of both authorities are renewed in place, with the same keys, and what follows is issued by these';
}

/** As every two months: cert-manager renews the certificates, and the members use the new ones without a restart. */
async function leafCertificates(ensemble: Ensemble): Promise<string> {
  const before = await ensemble.starts();
  const begun = Date.now();
  await ensemble.shown(await ensemble.renew(`${NAME}-server-tls`), 2281);
  const server = since(begun);
  const second = Date.now();
  await ensemble.shown(await ensemble.renew(`${NAME}-quorum-tls`), 3888);
  const quorum = since(second);
  expectEqual('pods and restarts of the members', await ensemble.starts(), before);
  // they still find each other: one comes back, and the leader changes.
  await ensemble.deletePod(await ensemble.leader());
  await ensemble.ready();
  return `every member shows a renewed certificate to clients after ${server}, and one to the others after ${quorum}, without a restart, and one that is deleted comes back`;
}

/** The documented steps to new authorities, each when the members are ready again. */
async function nextGeneration(ensemble: LoneEnsemble, oldClient: { ca: string; cert: string; key: string }): Promise<string> {
  const secrets = ['server', 'quorum', 'client'].map(whose => `${NAME}-${whose}-tls`);
  const step = async (generations: string[], issuing: string) => {
    await ensemble.apply({ tls: ZookeeperTls.certManager({ generations, issuing }) });
    await ensemble.ready();
  };
  const begun = Date.now();
  await step(['1', '2'], '1');
  const before = await Promise.all(secrets.map(secret => ensemble.fingerprint(secret)));
  await step(['1', '2'], '2');
  const [server, quorum] = await Promise.all(secrets.map((secret, index) => ensemble.otherThan(before[index], secret)));
  await ensemble.shown(server, 2281);
  await ensemble.shown(quorum, 3888);
  const both = await ensemble.try({ ...oldClient, ca: (await ensemble.certificate(`${NAME}-client-tls`)).ca });
  expectThat(both.let_in, `a client of the old authority is not let in while both are trusted: ${both.handshake}`);
  await step(['2'], '2');
  return `both authorities replaced by a new generation in ${since(begun)}, in three steps`;
}

async function oldMember(ensemble: Ensemble, shown: { ca: string; cert: string; key: string }): Promise<string> {
  await ensemble.scale(2);
  await waitFor('the third member is gone', 90, async () => (await ensemble.pods()).length === 2);
  return `a member with the old certificate of the quorum (${await new Rogue(ensemble).refused('with-old', shown)})`;
}
