import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './command';
import { Kubectl, Manifest } from './kubectl';

const CONFORMANCE = dirname(__dirname);

/** Which image plays the part of which name, by the end of the name without its tag. */
const IMAGES: [RegExp, string][] = [
  [/\/nodepool-(?:launcher|builder)$|^conformance\/tools$|\/fedora$/, 'nodepool'],
  [/\/httpd-24$/, 'httpd'],
  [/\/zookeeper$/, 'zookeeper'],
  [/\/statsd-exporter$/, 'statsd-exporter'],
  [/\/image-builder$|\/alpine\/git$/, 'image-builder'],
  [/\/sealed-secrets-controller$/, 'sealed-secrets'],
  [/\/cert-manager-controller$/, 'cert-manager'],
];

/** A cluster: one of our own making, or one that exists. */
export interface Cluster {
  readonly kubectl: Kubectl;

  /** Whether it is an API server alone, where nothing runs. */
  readonly apiOnly: boolean;

  /** The kubectl program, for pods that use it as Zuul's executors do. */
  readonly kubectlProgram: string;

  /** Brings the images that the objects name, and nodepool.yaml in them. */
  provideImages(objects: readonly Manifest[]): Promise<void>;

  /** Sends a signal to the first process of a pod's container, from outside: it cannot be caught there. */
  signal(pod: any, container: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

/** A cluster that somebody else brought up; it can pull images by itself, or has them. */
export function existingCluster(kubeconfig: string): Cluster {
  const kubectlProgram = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim();
  if (kubectlProgram === '') { throw new Error('there is no kubectl on the PATH, which --kubeconfig needs'); }
  return {
    kubectl: new Kubectl(['kubectl', '--kubeconfig', kubeconfig]),
    apiOnly: false,
    kubectlProgram: realpathSync(kubectlProgram), // it is copied into a pod
    provideImages: () => Promise.resolve(),
    signal: () => Promise.reject(new Error('a cluster that exists has no way to send signals into containers; run this scenario on the cluster of our own')),
  };
}

/** The project's own cluster of one node, whose state is in a directory; brought up unless it runs. */
export class OwnCluster implements Cluster {
  readonly kubectl: Kubectl;

  constructor(private readonly state: string, private readonly kubernetes?: string) {
    this.kubectl = new Kubectl([join(state, 'bin', 'kubectl')]);
  }

  get apiOnly(): boolean { return this.kubernetes !== undefined; }

  get kubectlProgram(): string {
    const [program] = execFileSync('grep', ['-o', '/[^ ]*/kubectl ', join(this.state, 'bin', 'kubectl')], { encoding: 'utf8' }).split('\n');
    return program.trim();
  }

  /** Whether it runs: a run before this one may have kept it. */
  async answers(): Promise<boolean> {
    return existsSync(join(this.state, 'pid')) && this.kubectl.run(['get', '--raw', '/readyz'], { timeout: 10 }).then(() => true, () => false);
  }

  /** Fails where the one that runs is of another version than is wanted. */
  refuseOther(): void {
    const version = readFileSync(join(this.state, 'version'), 'utf8');
    if (version !== (this.kubernetes ?? '')) {
      throw new Error(`the cluster that is kept in ${this.state} is ${version === '' ? 'of the newest Kubernetes' : `an API server of ${version}`};`
        + ' end it by npm run conformance -- --down, or give another directory by --state');
    }
  }

  /** Brings it up; it ends with this process unless it is kept. */
  async up(kept: boolean): Promise<void> {
    const version = this.kubernetes === undefined ? [] : ['--kubernetes', this.kubernetes];
    const owner = kept ? [] : ['--owner', String(process.pid)];
    await run(['bash', join(CONFORMANCE, 'cluster', 'up.sh'), this.state, ...version, ...owner], { timeout: 2400, shown: true });
    writeFileSync(join(this.state, 'version'), this.kubernetes ?? '');
  }

  async down(options: { readonly logsStay?: boolean } = {}): Promise<void> {
    await run(['bash', join(CONFORMANCE, 'cluster', 'down.sh'), ...(options.logsStay ? ['--keep'] : []), this.state], { timeout: 120, shown: true });
  }

  async provideImages(objects: readonly Manifest[]): Promise<void> {
    const wanted = [...imageNames(objects)].map(name => `${imageFor(name)}=${name}`);
    await run(['bash', join(CONFORMANCE, 'images', 'import.sh'), this.state, ...wanted], { timeout: 300 });
  }

  async signal(pod: any, container: string, signal: string): Promise<void> {
    const { containerID } = pod.status.containerStatuses.find(({ name }: any) => name === container);
    await run([join(this.state, 'bin', 'ctr'), 'tasks', 'kill', '--signal', signal, containerID.replace('containerd://', '')]);
  }

  /** A shell in which kubectl is there and knows the cluster; its exit code. */
  async shell(): Promise<number> {
    const env = { ...process.env, PATH: `${join(this.state, 'bin')}:${process.env.PATH}`, KUBECONFIG: join(this.state, 'kubeconfig') };
    const program = process.env.SHELL ?? 'bash';
    const { status, error } = spawnSync(program, { env, stdio: 'inherit' });
    if (error) { throw new Error(`the shell ${program} does not start: ${error.message}; set SHELL to one that is there`); }
    return status ?? 1;
  }
}

/** Every image that a container of the objects has, or a label of a nodepool.yaml in them. */
export function imageNames(objects: readonly Manifest[]): Set<string> {
  const names = new Set<string>();
  const visit = (value: any): void => {
    if (typeof value !== 'object' || value === null) { return; }
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'image' && typeof inner === 'string') { names.add(inner); }
      if (key === 'nodepool.yaml') { for (const [, name] of String(inner).matchAll(/^\s*image: (\S+[:/]\S+)$/gm)) { names.add(name); } }
      visit(inner);
    }
  };
  visit(objects);
  return names;
}

function imageFor(name: string): string {
  const bare = name.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  const found = IMAGES.find(([pattern]) => pattern.test(bare));
  if (!found) { throw new Error(`no image of ours plays ${name}; add it to ${__filename}`); }
  return found[1];
}
