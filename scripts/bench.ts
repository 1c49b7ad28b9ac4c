// How much time the library adds to cdk8s and cdk8s-plus-27: to loading them, and to a whole process that synthesizes the production example.
// Compiled JavaScript run by node. Each number is the median of many runs, taken in turns so that a busy moment meets all alike.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

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

/** The library and the production example as JavaScript, in a package of their own. */
function compile(directory: string): string {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const library = join(directory, 'node_modules', 'cdk8s-nodepool');
  mkdirSync(library, { recursive: true });
  execFileSync(tsc, ['-p', join(root, 'tsconfig.json'), '--outDir', join(library, 'lib'), '--inlineSourceMap', 'false', '--inlineSources', 'false',
    '--declaration', 'false', '--noEmitOnError', 'false'], { stdio: 'pipe' });
  cpSync(join(root, 'package.json'), join(library, 'package.json'));
  cpSync(join(root, 'assets'), join(library, 'assets'), { recursive: true });
  for (const name of ['cdk8s', 'cdk8s-plus-27', 'constructs', 'js-yaml']) {
    try { symlinkSync(join(root, 'node_modules', name), join(directory, 'node_modules', name)); } catch { /* not every version needs it */ }
  }
  const example = join(directory, 'production');
  cpSync(join(root, 'examples/production'), example, { recursive: true, filter: source => !/(\.ts|dist)$/.test(source) });
  execFileSync(tsc, ['--module', 'commonjs', '--target', 'es2022', '--skipLibCheck', '--esModuleInterop', '--types', 'node', '--ignoreConfig', '--noCheck',
    '--outDir', example, join(root, 'examples/production/chart.ts'), join(root, 'examples/production/main.ts')], { stdio: 'pipe' });
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
