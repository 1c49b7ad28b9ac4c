// Installs the packed library into an empty cdk8s app, and runs the smallest program of the README there.
//   npx tsx --tsconfig tsconfig.dev.json test/packaging/run.ts dist/js/NAME.tgz
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { smallestProgram } from './readme';
import { checkManifests, parseManifests } from '../manifests';

const ROOT = resolve(__dirname, '..', '..');
/** For the types of the program, beside what the README installs. */
const TOOLS = ['typescript', '@types/node@20'];

const counts = { passed: 0, failed: 0 };

function check(name: string, body: () => void): void {
  try {
    body();
    counts.passed++;
    console.log(`ok   ${name}`);
  } catch (error: any) {
    counts.failed++;
    console.log(`FAIL ${name}\n${[error.message, error.stdout, error.stderr].filter(Boolean).join('\n')}`);
  }
}

function run(directory: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: directory, encoding: 'utf8', stdio: 'pipe', timeout: 300_000, env: { ...process.env, CI: 'true' } });
}

function expectNone(what: string, found: string[]): void {
  if (found.length > 0) { throw new Error(`${what}:\n  ${found.join('\n  ')}`); }
}

/** The package holds what the program needs when it runs, and nothing of how it is made. */
function contents(tarball: string): void {
  const files = run(ROOT, 'tar', '-tzf', tarball).trim().split('\n').map(file => file.replace(/^package\//, ''));
  check('the package holds every asset', () => {
    const assets = run(ROOT, 'git', 'ls-files', 'assets').trim().split('\n').filter(Boolean);
    expectNone('missing', assets.filter(asset => !files.includes(asset)));
  });
  check('the package holds the assembly, the declarations, the README and the licence', () => {
    expectNone('missing', ['.jsii', 'lib/index.js', 'lib/index.d.ts', 'README.md', 'API.md', 'LICENSE'].filter(file => !files.includes(file)));
  });
  check('the package holds no sources, tests or examples', () => {
    const foreign = /^(src|test|examples|scripts|docs|\.ci|\.projen|projenrc|coverage)\/|__pycache__|\.test\.|(?<!\.d)\.ts$/;
    expectNone('not for users', files.filter(file => foreign.test(file) && !file.startsWith('node_modules/')));
  });
  check('what the package bundles is in it', () => {
    const bundled: string[] = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).bundledDependencies ?? [];
    expectNone('missing', bundled.filter(name => !files.includes(`node_modules/${name}/package.json`)));
  });
}

/** A directory as a newcomer has it after `npm install`. */
function emptyApp(tarball: string): string {
  const app = mkdtempSync(join(tmpdir(), 'cdk8s-nodepool-app-'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', version: '0.0.0', private: true }));
  check('it installs beside the newest cdk8s', () => {
    const [, named] = /^npm install cdk8s-nodepool (.*)$/m.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
    run(app, 'npm', 'install', '--no-audit', '--no-fund', ...[...named.split(' '), ...TOOLS].map(name => name.includes('@', 1) ? name : `${name}@latest`), tarball);
    const installed = JSON.parse(run(app, 'npm', 'ls', '--json', '--all')) as { problems?: string[] };
    expectNone('npm sees problems', installed.problems ?? []);
  });
  return app;
}

/** The program of the README, compiled as strictly as a user may, synthesized by the command line, and its output checked. */
function program(app: string): void {
  const { name: main, source, files } = smallestProgram(readFileSync(join(ROOT, 'README.md'), 'utf8'));
  writeFileSync(join(app, main), source);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(app, name)), { recursive: true });
    if (text === undefined) { copyFileSync(join(ROOT, 'examples', 'minimal', 'nodepool.yaml'), join(app, name)); } else { writeFileSync(join(app, name), text); }
  }
  check('the types of the program are right', () => {
    run(app, join('node_modules', '.bin', 'tsc'), '--strict', '--skipLibCheck', '--module', 'node16', '--moduleResolution', 'node16', '--target', 'es2022',
      '--types', 'node', ...main === 'main.js' ? ['--allowJs', '--checkJs', '--noEmit'] : [], main);
  });
  check('`cdk8s synth` runs it', () => { run(app, 'npx', 'cdk8s', 'synth', '--app', 'node main.js'); });
  check('what it writes passes every check of manifests', () => {
    const objects = readdirSync(join(app, 'dist')).flatMap(file => parseManifests(readFileSync(join(app, 'dist', file), 'utf8')));
    if (objects.length === 0) { throw new Error('it wrote no objects'); }
    // what the user's cluster has is not the package's to know
    const violations = checkManifests(objects).filter(({ rule }) => rule !== 'references/missing');
    expectNone('violations', violations.map(violation => JSON.stringify(violation)));
  });
  check('a second run writes the same bytes', () => {
    const before = run(app, 'sh', '-c', 'cat dist/*');
    run(app, 'npx', 'cdk8s', 'synth', '--app', 'node main.js');
    if (run(app, 'sh', '-c', 'cat dist/*') !== before) { throw new Error('the two runs differ'); }
  });
}

/** What users meet beside the happy path: the other kind of modules, and a mistake. */
function surroundings(app: string): void {
  check('an ES module imports every public class by its name', () => {
    const names = Object.keys(JSON.parse(run(app, 'node', '-p', "JSON.stringify(Object.fromEntries(Object.keys(require('cdk8s-nodepool')).map(n => [n, 1])))")));
    if (!names.includes('NodepoolStack')) { throw new Error(`NodepoolStack is not among ${names.join(', ')}`); }
    writeFileSync(join(app, 'names.mjs'), `import { ${names.join(', ')} } from 'cdk8s-nodepool';\nconsole.log([${names.join(', ')}].filter(Boolean).length);\n`);
    if (run(app, 'node', 'names.mjs').trim() !== String(names.length)) { throw new Error('some are undefined'); }
  });
  check('an error that nobody catches fits on a screen', () => {
    writeFileSync(join(app, 'mistake.js'), "require('cdk8s-nodepool').NodepoolConfig.fromFile('nope.yaml');\n");
    const text = run(app, 'sh', '-c', 'node mistake.js 2>&1 || true');
    if (!text.includes('nope.yaml: there is no such file')) { throw new Error(`the message is not in it: ${text.slice(0, 500)}`); }
    if (text.length > 4000) { throw new Error(`it has ${text.length} characters`); }
  });
}

const tarballs = process.argv.slice(2);
if (tarballs.length !== 1) { throw new Error(`one tarball is expected, got ${tarballs.join(', ') || 'none'}`); }
const tarball = resolve(tarballs[0]);
contents(tarball);
const app = emptyApp(tarball);
try { check('the README holds a program', () => program(app)); surroundings(app); } finally { rmSync(app, { recursive: true, force: true }); }
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
