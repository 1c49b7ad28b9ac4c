import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the real Nodepool says of a configuration: why it refuses it, or null. */
export interface RealVerdict {
  readonly validate: string | null;
  readonly load: string | null;
}

/** One Python process that judges configurations with the real Nodepool. */
export class RealNodepool {
  private readonly process;
  private readonly lines;

  constructor(python: string) {
    this.process = spawn(python, [join(__dirname, 'worker.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  public async judge(texts: readonly string[]): Promise<RealVerdict[]> {
    this.process.stdin.write(`${JSON.stringify(texts)}\n`);
    const { value, done } = await this.lines.next();
    if (done) { throw new Error('the Python process ended: does that Python have Nodepool 11.0.0?'); }
    return JSON.parse(value);
  }

  public stop(): void { this.process.stdin.end(); }
}
