// How much time the library adds to cdk8s and cdk8s-plus-27: to loading them, and to a whole process that synthesizes the production example.
// Compiled JavaScript run by node. Each number is the median of many runs, taken in turns so that a busy moment meets all alike.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';

const RUNS = 41;
const root = join(__dirname, '..');

const work = mkdtempSync(join(tmpdir(), 'cdk8s-nodepool-bench-'));
try {
  const main = compile(work);
  const peers = "require('cdk8s');require('cdk8s-plus-27')";
  const peersOnly = ['-e', peers];
  const both = ['-e', `${peers};require('cdk8s-nodepool')`];
  const times = measure([peersOnly, both, [main]]);
  const [base, library, example] = times.map(median);
  const row = (what: string, time: number) => `${what.padEnd(58)} ${time.toFixed(1).padStart(7)} ms  ${(time / base).toFixed(2)}`;
  process.stdout.write([
    `${''.padEnd(58)} ${'median'.padStart(10)}  ratio   (${RUNS} runs, node ${process.version})`,
    row("node -e \"require('cdk8s');require('cdk8s-plus-27')\"", base),
    row('the same, and the library loaded', library),
    row('the production example, as a whole process', example),
    `loading the library adds ${(library - base).toFixed(1)} ms`,
    '',
  ].join('\n'));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The library as it is in lib/, and the production example as JavaScript, in a package of their own. */
function compile(directory: string): string {
  mkdirSync(join(directory, 'node_modules'));
  for (const name of ['cdk8s', 'cdk8s-plus-27', 'constructs']) { symlinkSync(join(root, 'node_modules', name), join(directory, 'node_modules', name)); }
  symlinkSync(root, join(directory, 'node_modules', 'cdk8s-nodepool'));
  const example = join(directory, 'production');
  cpSync(join(root, 'examples/production'), example, { recursive: true, filter: source => !/(\.ts|dist)$/.test(source) });
  for (const file of ['chart', 'main']) {
    const source = readFileSync(join(root, `examples/production/${file}.ts`), 'utf8');
    writeFileSync(join(example, `${file}.js`), transpile(source, { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true }));
  }
  return join(example, 'main.js');
}

function measure(commands: string[][]): number[][] {
  const times: number[][] = commands.map(() => []);
  for (let run = 0; run < RUNS; run++) {
    commands.forEach((args, index) => {
      const start = performance.now();
      execFileSync(process.execPath, args, { cwd: work, stdio: 'pipe' });
      times[index].push(performance.now() - start);
    });
  }
  return times;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
