import { Kubectl } from './kubectl';

/** The documented commands around the backup's CronJob. */
export class BackupJobs {
  constructor(private readonly kubectl: Kubectl, private readonly namespace: string, private readonly cronJob: string) {}

  /** Saves now; the last line of the log. */
  async save(name: string): Promise<string> {
    await this.create(name);
    return this.completed(name);
  }

  /** Begins to restore the newest file. */
  async startRestore(name: string): Promise<void> {
    const patch = JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/args', value: ['restore', 'latest'] }]);
    const usual = await this.create(name, '--dry-run=client', '-o', 'yaml');
    const changed = await this.kubectl.run(['patch', '--local', '-f', '-', '--type', 'json', '-o', 'yaml', '-p', patch], { input: usual });
    await this.kubectl.run(['create', '-n', this.namespace, '-f', '-'], { input: changed });
  }

  /** Restores the newest file; the last line of the log. */
  async restore(name: string): Promise<string> {
    await this.startRestore(name);
    return this.completed(name);
  }

  log(name: string): Promise<string> { return this.kubectl.run(['logs', '-n', this.namespace, `job/${name}`]); }

  async delete(...names: string[]): Promise<void> {
    await this.kubectl.run(['delete', 'jobs', '-n', this.namespace, '--ignore-not-found', ...names], { timeout: 60 });
  }

  private create(name: string, ...options: string[]): Promise<string> {
    return this.kubectl.run(['create', 'job', '-n', this.namespace, `--from=cronjob/${this.cronJob}`, name, ...options]);
  }

  private async completed(name: string): Promise<string> {
    await this.kubectl.run(['wait', '-n', this.namespace, `job/${name}`, '--for=condition=complete', '--timeout=120s'], { timeout: 130 });
    return (await this.log(name)).trim().split('\n').pop()!;
  }
}
