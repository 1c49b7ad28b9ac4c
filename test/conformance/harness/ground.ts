import { existsSync, mkdtempSync, rmSync } from 'node:fs';
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

abstract class AnyGround<C extends Cluster> implements Ground {
  private made?: Deployment;

  constructor(readonly cluster: C, protected readonly directory: string) {}

  get deployment(): Deployment {
    if (!this.made) { throw new Error('begin() comes first'); }
    return this.made;
  }

  async begin(): Promise<void> {
    this.made = new Deployment(this.cluster, await Material.in(join(this.directory, 'material')));
  }

  async end(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

class ExistingGround extends AnyGround<Cluster> {}

class OwnGround extends AnyGround<OwnCluster> {
  private readonly lock: StateLock;
  private begun = false;

  constructor(state: string, kubernetes: string | undefined, private readonly keep: boolean) {
    super(new OwnCluster(state, kubernetes), state);
    this.lock = new StateLock(state);
  }

  override async begin(): Promise<void> {
    this.lock.take();
    this.begun = true;
    if (!(await this.cluster.answers())) { await this.cluster.up(this.keep); }
    await super.begin();
  }

  override async end(): Promise<void> {
    if (!this.begun) { return; }
    try {
      if (this.keep) { console.log(`The cluster is kept: npm run conformance:shell -- ${this.directory}`); return; }
      await this.cluster.down();
      await super.end();
    } finally {
      this.lock.release();
    }
  }
}

/** A cluster that exists, which we leave as it is. */
export function existingGround(kubeconfig: string): Ground {
  if (!existsSync(kubeconfig)) { throw new Error(`--kubeconfig: there is no file ${kubeconfig}`); }
  return new ExistingGround(existingCluster(kubeconfig), mkdtempSync(join(tmpdir(), 'conformance-')));
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
