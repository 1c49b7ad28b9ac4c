import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, existingCluster, OwnCluster } from './cluster';
import { Deployment } from './deployment';
import { StateLock } from './state-lock';
import { Material } from '../standins/certificates';

/** A cluster with what scenarios run on it, from when it is needed until the run ends. */
export interface Ground {
  readonly cluster: Cluster;
  readonly deployment: Deployment;

  /** Makes it ready for scenarios. */
  begin(): Promise<void>;

  /** Takes away what the run has made of it. */
  end(): Promise<void>;
}

class ExistingGround implements Ground {
  private readonly directory = mkdtempSync(join(tmpdir(), 'conformance-'));
  private made?: Deployment;

  constructor(readonly cluster: Cluster) {}

  get deployment(): Deployment { return begun(this.made); }

  async begin(): Promise<void> {
    this.made = await deploymentOn(this.cluster, this.directory);
  }

  async end(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

class OwnGround implements Ground {
  readonly cluster: OwnCluster;
  private readonly lock: StateLock;
  private made?: Deployment;
  private state: 'not begun' | 'coming up' | 'ours' | 'kept before' = 'not begun';

  constructor(private readonly directory: string, kubernetes: string | undefined, private readonly keep: boolean) {
    refuseForeign(directory);
    this.cluster = new OwnCluster(directory, kubernetes);
    this.lock = new StateLock(directory);
  }

  get deployment(): Deployment { return begun(this.made); }

  async begin(): Promise<void> {
    this.lock.take();
    if (await this.cluster.answers()) {
      this.state = 'kept before';
      this.cluster.refuseOther();
    } else {
      this.state = 'coming up';
      await this.cluster.up(this.keep);
      this.state = 'ours';
    }
    this.made = await deploymentOn(this.cluster, this.directory);
  }

  async end(): Promise<void> {
    if (this.state === 'not begun') { return; }
    if (this.state === 'coming up') {
      await this.cluster.down({ logsStay: true });
    } else if (this.state === 'ours' && !this.keep) {
      await this.cluster.down();
    } else {
      console.log(`The cluster is kept in ${this.directory}: npm run conformance:shell looks around in it, npm run conformance -- --down ends it`);
    }
    this.state = 'not begun';
    this.lock.release();
  }

  /** Ends one that a run before has kept. */
  async down(): Promise<void> {
    this.lock.take();
    await this.cluster.down().finally(() => this.lock.release());
  }
}

function begun(deployment: Deployment | undefined): Deployment {
  if (!deployment) { throw new Error('begin() comes first'); }
  return deployment;
}

async function deploymentOn(cluster: Cluster, directory: string): Promise<Deployment> {
  return new Deployment(cluster, await Material.in(join(directory, 'material')));
}

/** A directory of somebody else's would be emptied at the end. */
function refuseForeign(directory: string): void {
  if (!existsSync(directory)) { return; }
  const ours = statSync(directory).isDirectory() && (readdirSync(directory).length === 0 || existsSync(join(directory, '.cluster')));
  if (!ours) { throw new Error(`--state: ${directory} is no state directory of a cluster; give one that does not exist yet`); }
}

/** A cluster that exists, which we leave as it is. */
export function existingGround(kubeconfig: string): Ground {
  if (!existsSync(kubeconfig)) { throw new Error(`--kubeconfig: there is no file ${kubeconfig}`); }
  return new ExistingGround(existingCluster(kubeconfig));
}

/** The releases whose API server alone can be had, beside the newest, which is the whole cluster. */
const OLDER = ['1.28'];

/** Clusters of our own, each with its state in a directory. */
export function ownGrounds(count: number, options: { readonly state: string; readonly kubernetes?: string; readonly keep: boolean }): Ground[] {
  if (options.kubernetes !== undefined && !OLDER.includes(options.kubernetes)) {
    throw new Error(`--kubernetes must be ${OLDER.join(' or ')}, got ${options.kubernetes}; without it the newest runs`);
  }
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error('a cluster of our own needs root on Debian, since it makes namespaces and installs what is missing; give a cluster that exists by --kubeconfig FILE');
  }
  return Array.from({ length: count }, (_, index) =>
    new OwnGround(index === 0 ? options.state : `${options.state}-${index + 1}`, options.kubernetes, options.keep));
}

/** Ends the cluster that a run has kept in a directory. */
export async function endKept(state: string): Promise<void> {
  if (!existsSync(state)) { throw new Error(`there is no cluster in ${state}`); }
  await new OwnGround(state, undefined, false).down();
}
