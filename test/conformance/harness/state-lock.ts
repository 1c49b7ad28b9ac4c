import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** A state directory serves one run at a time: a file beside it names the process of that run. */
export class StateLock {
  private readonly file: string;

  constructor(private readonly state: string) {
    this.file = `${state.replace(/\/+$/, '')}.lock`;
  }

  /** Takes it; fails where another run has it that is still there. */
  take(): void {
    for (;;) {
      try {
        writeFileSync(this.file, String(process.pid), { flag: 'wx' });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') { throw error; }
      }
      const owner = this.owner();
      if (owner !== undefined && isAlive(owner)) {
        throw new Error(`the run with process id ${owner} has its cluster in ${this.state}; wait for it, or give another directory by --state`);
      }
      rmSync(this.file, { force: true }); // it ended without tidying up
    }
  }

  release(): void {
    if (this.owner() === process.pid) { rmSync(this.file, { force: true }); }
  }

  private owner(): number | undefined {
    try {
      return Number(readFileSync(this.file, 'utf8')) || undefined;
    } catch {
      return undefined;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
