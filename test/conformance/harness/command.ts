import { spawn } from 'node:child_process';

/** A command that failed: what it was, and the end of what it said. */
export class CommandFailed extends Error {
  constructor(command: readonly string[], how: string, readonly output: string, readonly stdout = '') {
    super(`${shortened(command)}: ${how}\n${output.split('\n').slice(-25).join('\n').trimEnd()}`);
  }
}

export interface CommandOptions {
  /** Its standard input; empty unless set. */
  readonly input?: string;

  /** Seconds after which it is ended; 60 unless set. */
  readonly timeout?: number;

  readonly env?: NodeJS.ProcessEnv;

  /** Lets its output through to ours, instead of keeping it. */
  readonly shown?: boolean;
}

/** A command that runs beside us. */
export interface Running {
  /** What it printed on its standard output; fails as the command does. */
  readonly done: Promise<string>;

  /** What it has printed until now. */
  output(): string;

  stop(): void;
}

/** Starts a command, without a shell. */
export function start(command: readonly string[], options: CommandOptions = {}): Running {
  const [program, ...args] = command;
  const output = options.shown ? 'inherit' : 'pipe';
  const child = spawn(program, args, { env: options.env ?? process.env, stdio: ['pipe', output, output] });
  let stdout = '';
  let all = '';
  child.stdout?.on('data', (data: Buffer) => { stdout += data; all += data; });
  child.stderr?.on('data', (data: Buffer) => { all += data; });
  child.stdin?.on('error', () => undefined); // it ended before it read everything; its exit status says more
  child.stdin?.end(options.input ?? '');
  const done = new Promise<string>((resolve, reject) => {
    const limit = options.timeout ?? 60;
    const timer = setTimeout(() => { child.kill('SIGKILL'); reject(new CommandFailed(command, `no end within ${limit} s`, all)); }, limit * 1000);
    child.on('error', error => { clearTimeout(timer); reject(new CommandFailed(command, error.message, all)); });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) { resolve(stdout); } else { reject(new CommandFailed(command, signal ? `ended by ${signal}` : `exit code ${code}`, all, stdout)); }
    });
  });
  done.catch(() => undefined); // whoever waits for it sees the error
  return { output: () => all, done, stop: () => { child.kill(); } };
}

/** Runs a command to its end, and returns what it printed on its standard output. */
export function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  return start(command, options).done;
}

function shortened(command: readonly string[]): string {
  const text = command.map(word => word.replace(/^.*\/(?=kubectl$)/, '')).join(' ').replace(/\s+/g, ' ');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
