import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { ProvidersSecret, SecretSource } from '../../../src';

/** How a check is called: its name, and what throws when it fails. */
export type Check = (name: string, run: () => void) => void;

const directories: string[] = [];
process.on('exit', () => directories.forEach(each => rmSync(each, { recursive: true, force: true }))); // they hold keys

/** An empty directory, until the process ends. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'credentials-'));
  directories.push(path);
  return path;
}

/** The output of a program that must succeed. */
export function run(program: string, args: string[], options: { input?: string; env?: Record<string, string> } = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input: options.input, env: { ...process.env, ...options.env }, timeout: 60_000 });
  if (error || status !== 0) { throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`); }
  return stdout;
}

/** A file with a text. */
export function write(name: string, text: string): string {
  const path = join(directory(), name);
  writeFileSync(path, text);
  return path;
}

/** The plain providers' Secret of the namespace `ci`. */
export function plainSecret(stringData: Record<string, unknown>): any {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'nodepool-providers-secrets', namespace: 'ci' }, type: 'Opaque', stringData };
}

/** The providers of a source in the namespace `ci`. */
export function providers(source: SecretSource, instanceName?: string): { chart: Chart; part: ProvidersSecret } {
  const chart = new Chart(new App(), 'ci', { namespace: 'ci' });
  return { chart, part: new ProvidersSecret(chart, 'Providers', { source, instanceName }) };
}

/** Fails unless two values are the same. */
export function same(actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) { throw new Error(`got ${JSON.stringify(actual)}, want ${JSON.stringify(expected)}`); }
}

/** Fails unless something is refused with these words. */
export function refused(words: string, attempt: () => unknown): void {
  let message: string | undefined;
  try {
    attempt();
  } catch (error) {
    message = (error as Error).message;
  }
  if (message === undefined) { throw new Error('nothing was refused'); }
  if (!message.includes(words)) { throw new Error(`refused with "${message}", not with "${words}"`); }
}
