import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What a loader makes of a text. */
export type Verdict = { ok: unknown[] } | { error: string };

/** What the two loaders make of a text. */
export interface Verdicts {
  readonly pure: Verdict;
  readonly c: Verdict;
}

/** One Python process that reads YAML for us. */
export class PyYaml {
  private readonly process;
  private readonly lines;

  constructor(python: string) {
    this.process = spawn(python, [join(__dirname, 'worker.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** Has both loaders read some texts. */
  public async load(texts: readonly string[]): Promise<Verdicts[]> {
    this.process.stdin.write(`${JSON.stringify(texts)}\n`);
    const { value, done } = await this.lines.next();
    if (done) { throw new Error('the Python process ended: does that Python have PyYAML with libyaml?'); }
    return JSON.parse(value);
  }

  public stop(): void { this.process.stdin.end(); }
}
