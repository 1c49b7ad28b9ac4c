// Measures how long checking a big nodepool.yaml takes, as ratios to the real `nodepool config-validate`:
//
//   npx tsx --tsconfig tsconfig.dev.json scripts/bench-config.ts [--python PATH]
//
// The whole process is a bundle of src/config with a program of four lines.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { NodepoolConfig } from '../src/config';

const RUNS = 5;
const root = join(__dirname, '..');

/** The real validation in a process that has everything loaded; prints seconds, one a run. */
const REAL = `
import sys, time
from nodepool.cmd.config_validator import ConfigValidator
ConfigValidator(sys.argv[1]).validate(env={})
for _ in range(2):
    start = time.perf_counter()
    assert ConfigValidator(sys.argv[2]).validate(env={}) == 0
    print(time.perf_counter() - start)
`;

/** A configuration of some labels, a quarter as many diskimages, and a provider for every ten labels, so that it is all used. */
function generate(labels: number): string {
  const images = Math.ceil(labels / 4);
  const providers = Math.ceil(labels / 10);
  const lines = ['labels:'];
  for (let i = 0; i < labels; i++) { lines.push(`  - name: ubuntu-jammy-${i}`, `    min-ready: ${i % 3}`, '    max-ready-age: 3600'); }
  lines.push('diskimages:');
  for (let i = 0; i < images; i++) {
    lines.push(`  - name: image-${i}`, '    elements:', '      - ubuntu-minimal', '      - vm', '    release: jammy', '    rebuild-age: 86400', '    env-vars:', "      DIB_CHECKSUM: '1'");
  }
  lines.push('providers:');
  for (let i = 0; i < providers; i++) {
    lines.push(`  - name: provider-${i}`, '    driver: openstack', `    cloud: cloud-${i % 8}`, `    region-name: region-${i}`, '    rate: 0.5', '    diskimages:');
    for (let j = 0; j < 5; j++) { lines.push(`      - name: image-${(i * 5 + j) % images}`); }
    lines.push('    pools:', '      - name: main', '        max-servers: 100', '        networks:', '          - net-1', '        labels:');
    for (let j = 0; j < 10; j++) {
      lines.push(`          - name: ubuntu-jammy-${(i * 10 + j) % labels}`, `            diskimage: image-${(i * 5 + (j % 5)) % images}`, '            min-ram: 8192', '            flavor-name: performance',
        '            key-name: zuul-worker', '            boot-from-volume: true', '            volume-size: 80', '            console-log: true');
    }
  }
  return `${lines.join('\n')}\n`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function measure(run: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return median(times);
}

function row(name: string, time: number | undefined, base?: number): void {
  const shown = time === undefined ? '      -' : time.toFixed(0).padStart(7);
  console.log(`${name.padEnd(52)} ${shown} ms ${base && time ? `${(base / time).toFixed(1).padStart(7)} x` : ''}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { python: { type: 'string' } } });
  const work = mkdtempSync(join(tmpdir(), 'bench-config-'));
  try {
    const text = generate(2000);
    const file = join(work, 'nodepool.yaml');
    const small = join(work, 'small.yaml');
    writeFileSync(file, text);
    writeFileSync(small, 'labels: []\nproviders: [{name: p, cloud: c}]\n');
    console.log(`200 providers, 2000 labels, 500 diskimages: ${Math.round(text.length / 1000)} KB; median of ${RUNS}, node ${process.version}`);

    const refused = NodepoolConfig.check(text).filter(finding => finding.severity === 'error');
    if (refused.length) { throw new Error(`the configuration is wrong: ${JSON.stringify(refused[0])}`); }
    const warm = measure(() => NodepoolConfig.check(text));

    const program = await bundledProgram(work);
    const first = median(Array.from({ length: RUNS }, () => Number(execFileSync(process.execPath, [program, small, file], { encoding: 'utf8' }))));
    const ours = measure(() => execFileSync(process.execPath, [program, file]));
    const empty = measure(() => execFileSync(process.execPath, [program, small]));
    let real: { inProcess: number; whole: number } | undefined;
    if (values.python) {
      const out = execFileSync(values.python, ['-c', REAL, small, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], cwd: work });
      const inProcess = median(out.trim().split('\n').map(Number)) * 1000;
      const command = join(values.python, '..', 'nodepool');
      const whole = existsSync(command) ? measureOnce(() => execFileSync(command, ['-c', file, 'config-validate'], { cwd: work, stdio: 'ignore' })) : inProcess;
      real = { inProcess, whole };
    }
    row('real validation, in process', real?.inProcess);
    row('NodepoolConfig.check, in process, the first big file', first, real?.inProcess);
    row('NodepoolConfig.check, in process', warm, real?.inProcess);
    row('real validation, whole process', real?.whole);
    row('NodepoolConfig.check, whole process', ours, real?.whole);
    row('  of it for starting, with a file of two lines', empty);
    console.log('\nlabels      KB       ms   ms per 1000 labels');
    for (const labels of [100, 300, 1000, 3000, 10_000]) {
      const sized = generate(labels);
      const time = measure(() => NodepoolConfig.check(sized));
      console.log(`${String(labels).padStart(6)} ${(sized.length / 1000).toFixed(0).padStart(7)} ${time.toFixed(1).padStart(8)}   ${((time / labels) * 1000).toFixed(1).padStart(6)}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function measureOnce(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** A program that checks files, and prints the milliseconds that the last one took: what `src/config` compiles to, as one file. */
async function bundledProgram(work: string): Promise<string> {
  const entry = join(work, 'main.ts');
  writeFileSync(entry, [
    'import { readFileSync } from \'node:fs\';',
    `import { NodepoolConfig } from ${JSON.stringify(join(root, 'src/config'))};`,
    'let start = 0;',
    'for (const file of process.argv.slice(2)) {',
    '  const text = readFileSync(file, \'utf8\');',
    '  start = performance.now();',
    '  if (NodepoolConfig.check(text).some(finding => finding.validator || finding.loader)) { process.exitCode = 1; }',
    '}',
    'console.log(performance.now() - start);',
  ].join('\n'));
  const outfile = join(work, 'main.js');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', keepNames: true, logLevel: 'error' });
  return outfile;
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
