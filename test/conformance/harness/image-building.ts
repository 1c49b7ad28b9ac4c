import { synthesized } from './deployment';
import { Manifest } from './kubectl';
import { takeAway } from './removal';
import { Context } from './scenario';
import { waitFor } from './wait';
import { imageBuilders, ImageBuildersOptions } from '../../../examples/image-builders/chart';
import { IMAGE_BUILDER, namespace, OUTSIDE, ZUUL } from '../standins/manifests';
import { ImageBuilder, ZookeeperSource } from 'cdk8s-nodepool';

/** The image-builders example in a namespace of its own, beside the deployment, with its ZooKeeper and its image-builder machine. */
export class ImageBuilding {
  /** Makes the namespace, for the time of a scenario. */
  static async in(context: Context, name: string): Promise<ImageBuilding> {
    await context.deployment.prepare();
    const { kubectl } = context;
    await kubectl.run(['delete', 'namespace', name, '--ignore-not-found'], { timeout: 120 });
    context.cleanup(() => kubectl.run(['delete', 'namespace', name, '--wait=false']));
    await kubectl.apply([namespace(name)]);
    await waitFor(`the default account of ${name}`, 30, () => kubectl.find('serviceaccount', 'default', name));
    const building = new ImageBuilding(context, name);
    context.cleanup(() => takeAway(context.cluster, building.applied));
    for (const secret of ['zookeeper-client-tls', 'nodepool-providers-secrets']) { await building.bring(secret); }
    return building;
  }

  private readonly applied: Manifest[] = [];

  /** The root in ZooKeeper: no run finds the builds of one before it. */
  private readonly chroot: string;

  private constructor(private readonly context: Context, private readonly name: string) {
    this.chroot = `/${name}-${Date.now()}`;
  }

  /** A Secret of the deployment, here too. */
  async bring(secret: string): Promise<void> {
    const { data } = await this.context.kubectl.get('secret', secret, ZUUL);
    await this.context.kubectl.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, namespace: this.name }, data }]);
  }

  /** The manifests of the example, for the world of this run; nothing of them is edited. */
  manifests(options: ImageBuildersOptions): Manifest[] {
    return synthesized(app => imageBuilders(app, {
      namespace: this.name,
      zookeeper: ZookeeperSource.external({ servers: [`zookeeper.${ZUUL}.svc:2281`], tlsSecret: 'zookeeper-client-tls', chroot: this.chroot }),
      ...options,
    }));
  }

  async apply(objects: readonly Manifest[]): Promise<void> {
    await this.context.cluster.provideImages(objects);
    this.applied.push(...objects);
    await this.context.kubectl.apply(objects);
  }

  /** The machine, with the host key that it has. */
  async machine(): Promise<ImageBuilder> {
    const [type, key] = (await this.context.kubectl.exec(OUTSIDE, 'deployment/image-builder', ['ssh-keygen', '-y', '-f', '/tmp/host-key'])).split(' ');
    return {
      host: IMAGE_BUILDER,
      user: 'image-builder',
      hostKeys: [`${type} ${key.trim()}`],
      groups: ['builders'],
      variables: { ansible_python_interpreter: '/usr/bin/python3' },
    };
  }

  /** Has the machine let one more public key in, for the time of the scenario. */
  async authorize(publicKey: string): Promise<void> {
    const { kubectl, cleanup } = this.context;
    const before = (await kubectl.get('secret', 'image-builder', OUTSIDE)).data.authorized_keys;
    const set = (keys: string) =>
      kubectl.run(['patch', 'secret', 'image-builder', '-n', OUTSIDE, '--type=merge', '-p', JSON.stringify({ data: { authorized_keys: keys } })]);
    cleanup(() => set(before));
    await set(Buffer.from(Buffer.from(before, 'base64').toString() + publicKey).toString('base64'));
    await waitFor('the key on the machine', 90, async () =>
      (await kubectl.exec(OUTSIDE, 'deployment/image-builder', ['cat', '/etc/image-builder/authorized_keys'])).includes(publicKey.trim()), 1);
  }

  /** Runs a command in the builder's pod. */
  inBuilder(...command: string[]): Promise<string> {
    return this.context.kubectl.exec(this.name, 'nodepool-builder-0', command, { container: 'nodepool-builder' });
  }

  /** The log of a build as everybody may read it, once its text is as expected. */
  async log(image: string, expected: RegExp, seconds = 90): Promise<string> {
    const page = (path: string) => this.context.kubectl.page(this.name, 'nodepool-builder', 8080, `/nodepool/builds/logs/${path}`);
    return waitFor(`${expected} in the log of ${image}`, seconds, async () => {
      const [, file] = new RegExp(`href="(${image}-[^"]*\\.log)"`).exec(await page('')) ?? [];
      if (!file) { return undefined; }
      const text = await page(file);
      if (!expected.test(text)) { throw new Error(`the log of ${image} says:\n${text}`); }
      return text;
    }, 1);
  }
}
