import { Ensemble, NAME } from './ensemble';
import { Kubectl } from './kubectl';
import { expectThat, since, sleep, waitFor } from './wait';
import { CertificateTexts, rogueMember } from '../standins/zookeeper';

/** How long one tries that shall not get in; one that may needs a few seconds. */
const PATIENCE = 15;

/** Real ZooKeepers that try to join an ensemble in the place of its third member, which must be away. */
export class Rogue {
  constructor(private readonly ensemble: Ensemble) {}

  private get kubectl(): Kubectl { return this.ensemble.cluster.kubectl; }

  /** One that is not let in, however long it tries; returns what a member's port says to the certificate. */
  async refused(name: string, certificate: CertificateTexts): Promise<string> {
    await this.running(name, certificate, async pod => {
      await sleep(PATIENCE);
      const mode = await this.mode(pod);
      expectThat(mode === 'none', `a member ${name} is let in as ${mode}`);
    });
    const said = await this.ensemble.handshake(0, 3888, certificate);
    expectThat(said.startsWith('alert'), `a member ${name} is out, and not because of its certificate: ${said}`);
    return said;
  }

  /** One that is let in; returns how long it took. */
  joins(name: string, certificate: CertificateTexts): Promise<string> {
    return this.running(name, certificate, async pod => {
      const begun = Date.now();
      await waitFor(`the member ${name} follows`, 40, async () => await this.mode(pod) === 'follower');
      return since(begun);
    });
  }

  private async running<T>(name: string, certificate: CertificateTexts, use: (pod: string) => Promise<T>): Promise<T> {
    const { namespace } = this.ensemble;
    const service = `${NAME}-headless`;
    const objects = rogueMember(name, {
      namespace,
      service,
      pod: `${NAME}-2`,
      labels: (await this.kubectl.get('service', service, namespace)).spec.selector,
      zooCfg: (await this.kubectl.get('configmap', `${NAME}-config`, namespace)).data['zoo.cfg'],
    }, certificate);
    try {
      await this.ensemble.cluster.provideImages(objects);
      await this.kubectl.apply(objects);
      const pod = await waitFor(`the pod of the member ${name} runs`, 60, async () =>
        (await this.kubectl.list('pods', namespace, `app=${name}`)).find(({ status }) => status.phase === 'Running')?.metadata.name as string | undefined);
      return await use(pod);
    } finally {
      await this.kubectl.delete(objects);
    }
  }

  /** What it is: `none` until it is in a quorum. */
  private async mode(pod: string): Promise<string> {
    const ask = 'exec 3<>/dev/tcp/127.0.0.1/2181; echo srvr >&3; timeout 3 cat <&3';
    const said = await this.kubectl.exec(this.ensemble.namespace, pod, ['bash', '-c', ask]).catch(() => '');
    return /^Mode: (\w+)/m.exec(said)?.[1] ?? 'none';
  }
}
