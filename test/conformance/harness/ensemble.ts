import { X509Certificate } from 'node:crypto';
import { Cluster } from './cluster';
import { Kubectl } from './kubectl';
import { expectThat, waitFor } from './wait';
import { expectNothingLost, Lost, Writer } from './writer';
import { CertificateTexts, zookeeperClient } from '../standins/zookeeper';

/** What an ensemble's objects are called. */
export const NAME = 'nodepool-zookeeper';

const SCRIPT = ['python3', '/opt/client/zookeeper_client.py'];

/** A ZooKeeper ensemble that the library rendered, and a pod of clients beside it. */
export class Ensemble {
  /** @param servers the members as `host:port` */
  constructor(readonly cluster: Cluster, readonly namespace: string, public servers: readonly string[] = []) {}

  protected get kubectl(): Kubectl { return this.cluster.kubectl; }

  /** The pod of the clients; the authorities of two generations are trusted, where they are there. */
  clientPod() { return zookeeperClient(this.namespace, `${NAME}-client-tls`, ['1', '2'].map(generation => `${NAME}-client-ca-${generation}`)); }

  /** Every member is ready and of the newest template, and one of them leads. */
  async ready(seconds = 240): Promise<void> {
    await this.kubectl.rolledOut(this.namespace, `statefulset/${NAME}`, seconds);
    await this.kubectl.rolledOut(this.namespace, 'deployment/client');
    await this.leader();
  }

  /** The pod of a member, counted from 0. */
  pod(member: number): Promise<any> { return this.kubectl.get('pod', `${NAME}-${member}`, this.namespace); }

  /** The pods of all members that there are. */
  pods(): Promise<any[]> { return this.kubectl.list('pods', this.namespace, `run=${NAME}`); }

  /** Pods, and how often each of their containers was restarted. */
  async starts(): Promise<unknown> {
    return (await this.pods()).map(({ metadata, status }) => [metadata.uid, status.containerStatuses.map((each: any) => each.restartCount)]);
  }

  /** A member's java dies, and all are ready again: its clients had to connect anew. */
  async crash(member: number): Promise<void> {
    const restarts = async () => (await this.pod(member)).status.containerStatuses.find(({ name }: any) => name === 'zookeeper').restartCount;
    const before = await restarts();
    await this.signal(member, 'SIGKILL');
    await waitFor(`member ${member} is started again`, 60, async () => await restarts() > before, 0.5);
    await this.ready();
  }

  async deletePod(member: number): Promise<void> {
    await this.kubectl.run(['delete', 'pod', '-n', this.namespace, `${NAME}-${member}`], { timeout: 120 });
  }

  async scale(members: number): Promise<void> {
    await this.kubectl.run(['scale', `statefulset/${NAME}`, '-n', this.namespace, `--replicas=${members}`]);
  }

  /** A member's port by the name of its pod, which has those of the quorum too. */
  port(member: number, port: number): string {
    return `${NAME}-${member}.${NAME}-headless.${this.namespace}.svc:${port}`;
  }

  /** What a member says to a four-letter word. */
  ask(word: string, member: number): Promise<string> { return this.client(['ask', word, this.servers[member]]); }

  /** Whether a member leads, follows, or says something else. */
  async mode(member: number): Promise<string> {
    const said = await this.ask('srvr', member);
    return /^Mode: (\w+)/m.exec(said)?.[1] ?? said.trim();
  }

  /** The member that leads, once one of these does and the others follow. */
  leader(members: readonly number[] = this.servers.map((_, index) => index), seconds = 60): Promise<number> {
    return waitFor(`one of members ${members.join(', ')} leads, the others follow`, seconds, async () => {
      const modes = await Promise.all(members.map(member => this.mode(member)));
      const expected = ['leader', ...members.slice(1).map(() => 'follower')].sort();
      expectThat([...modes].sort().join() === expected.join(), `they are ${modes.join(', ')}`);
      return members[modes.indexOf('leader')];
    }, 0.2);
  }

  /** Sends a signal to a member's java. */
  async signal(member: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    await this.cluster.signal(await this.pod(member), 'zookeeper', signal);
  }

  /** What the script of the clients says; see zookeeper_client.py. */
  async client(args: readonly string[], input?: string): Promise<any> {
    return JSON.parse(await this.kubectl.exec(this.namespace, 'deployment/client', [...SCRIPT, ...args], { input }));
  }

  /** A client that shows this, or a part of it, writes and reads; or why it was not let in. */
  try(shown: { ca: string; cert?: string; key?: string }): Promise<{ let_in: boolean; read?: string; handshake?: string }> {
    return this.client(['--stdin', 'try', ...this.servers], JSON.stringify(shown));
  }

  /** What a member's port says to a certificate, whether or not it is of an authority that it asks for. */
  handshake(member: number, port: number, shown: CertificateTexts): Promise<string> {
    return this.client(['--stdin', 'handshake', this.port(member, port)], JSON.stringify(shown));
  }

  /** Begins to write, with a client for each member. */
  async write(purpose: string): Promise<Writer> {
    const name = `${purpose}-${Date.now()}`;
    const run = (command: string[], timeout?: number) => this.kubectl.startExec(this.namespace, 'deployment/client', command, { timeout });
    const running = run([...SCRIPT, 'write', name, ...this.servers], 1200);
    await Promise.race([running.done, waitFor('clients write', 60, () => run(['test', '-e', `/tmp/${name}.started`]).done)]);
    return new Writer(name, running, () => run(['touch', `/tmp/${name}.stop`]).done);
  }

  /** Fails where a member lacks a write that was acknowledged to the writer of this name. */
  async check(name: string): Promise<{ checked: number }> {
    const { checked, lost }: { checked: number; lost: Lost } = await this.client(['check', name, ...this.servers]);
    expectNothingLost(checked, lost);
    return { checked };
  }

  /** What a Secret of certificates holds. */
  async certificate(secret: string): Promise<CertificateTexts> {
    const { data } = await this.kubectl.get('secret', secret, this.namespace);
    const [ca, cert, key] = ['ca.crt', 'tls.crt', 'tls.key'].map(name => Buffer.from(data[name], 'base64').toString());
    return { ca, cert, key };
  }

  /** The fingerprint of the certificate that a Secret holds. */
  async fingerprint(secret: string): Promise<string> {
    return fingerprint((await this.certificate(secret)).cert);
  }

  /** Has cert-manager issue a certificate anew, as `cmctl renew` does, and returns the fingerprint of what its Secret then holds. */
  async renew(certificate: string): Promise<string> {
    const { status, spec } = await this.kubectl.get('certificate.cert-manager.io', certificate, this.namespace);
    const before = await this.fingerprint(spec.secretName);
    const issuing = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'renewed by hand', lastTransitionTime: new Date().toISOString() };
    const conditions = [...status.conditions.filter(({ type }: any) => type !== 'Issuing'), issuing];
    await this.kubectl.run(['patch', 'certificate.cert-manager.io', certificate, '-n', this.namespace, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { conditions } })]);
    return this.otherThan(before, spec.secretName);
  }

  /** Waits until a Secret holds another certificate, and returns its fingerprint. */
  otherThan(before: string, secret: string): Promise<string> {
    return waitFor(`another certificate in ${secret}`, 60, async () => {
      const now = await this.fingerprint(secret);
      return now !== before && now;
    });
  }

  /** Waits until every member shows this certificate on a port. */
  async shown(expected: string, port: number): Promise<void> {
    const hosts = this.servers.map((_, member) => this.port(member, port));
    await waitFor(`every member shows the new certificate on port ${port}`, 90, async () =>
      (await Promise.all(hosts.map(host => this.client(['certificate', host])))).every(shown => shown === expected));
  }
}

/** As zookeeper_client.py tells certificates from each other. */
function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}
