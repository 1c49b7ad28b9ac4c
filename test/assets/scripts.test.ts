import { spawnSync } from 'child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';

const ROOT = resolve(__dirname, '..', '..');

/** Files below a folder with this ending. */
function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && entry.name.endsWith(ending))
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Runs a program in the repository and fails with all that it printed. */
function mustRun(program: string, args: string[], env: Record<string, string> = {}): string {
  const done = spawnSync(program, args, { cwd: ROOT, encoding: 'utf-8', env: { ...process.env, ...env } });
  if (done.status !== 0) {
    throw new Error(`${program} ${args.join(' ')} gave ${done.status ?? done.error?.message}\n${done.stdout}\n${done.stderr}`);
  }
  return done.stdout + done.stderr;
}

function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

// A machine without the program reports these tests as skipped, never as passed.
const withPython = has('python3') ? test : test.skip;
const shellScripts = [...filesBelow('assets', '.sh'), ...filesBelow('test/conformance/pod-scripts', '.sh')];
const withShellcheck = has('shellcheck') && shellScripts.length > 0 ? test : test.skip;

withPython('every python file compiles', () => {
  const files = [...filesBelow('assets', '.py'), ...filesBelow('test/assets', '.py'), ...filesBelow('test/conformance/pod-scripts', '.py')];
  expect(files.map(file => file.slice(ROOT.length + 1))).toContain('assets/pod/supervise.py');
  const bytecode = mkdtempSync(join(tmpdir(), 'bytecode-'));
  try {
    mustRun('python3', ['-m', 'py_compile', ...files], { PYTHONPYCACHEPREFIX: bytecode });
  } finally {
    rmSync(bytecode, { recursive: true });
  }
  expect(existsSync(join(ROOT, 'assets/pod/__pycache__'))).toBe(false);
});

withShellcheck(`shellcheck has nothing to say (${shellScripts.length} scripts)`, () => {
  mustRun('shellcheck', shellScripts);
});

withPython('the scripts do what they should, with real processes and signals', () => {
  const output = mustRun('python3', ['-m', 'unittest', 'discover', '-s', 'test/assets', '-v'], { PYTHONDONTWRITEBYTECODE: '1' });
  expect(output).toMatch(/Ran [1-9]\d+ tests/);
  const skipped = output.split('\n').filter(line => line.includes(' ... skipped '));
  if (skipped.length > 0) {
    console.warn(`not tried on this machine:\n${skipped.join('\n')}`);
  }
}, 900_000);
