import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { anyData, anyText } from './arbitraries';
import { encode } from './encode';
import { PyYaml, Verdict, Verdicts } from './pyyaml';
import { checkRecorded } from './recorded';
import { readYaml, writeYaml, YamlError, YamlValue } from '../../../src/config/yaml';

// Compares our reader and writer with the real PyYAML: the recorded cases, then random data and random texts.
//   npx tsx test/conformance/yaml/run.ts --python PATH --count 20000 [--seed 1] [--record]
// `--record` writes down what PyYAML makes of the recorded cases: add a case as {"yaml": "…"} and run it.

/** What our reader makes of a text, and what it says of the loader written in Python. */
function ours(text: string): { c: Verdict; pureRefuses: boolean } {
  try {
    const document = readYaml(text);
    return { c: { ok: encode(document.data) }, pureRefuses: document.pureOnlyErrors.length > 0 };
  } catch (error) {
    if (!(error instanceof YamlError)) { throw error; }
    return { c: { error: error.message }, pureRefuses: true };
  }
}

function same(a: Verdict, b: Verdict): boolean {
  return 'ok' in a && 'ok' in b ? JSON.stringify(a.ok) === JSON.stringify(b.ok) : 'ok' in a === 'ok' in b;
}

/** Constructs that PyYAML reads and we refuse on purpose: a value inside itself, and digits that are not ASCII. */
function refusedOnPurpose(text: string, mine: Verdict, theirs: Verdicts): boolean {
  if ('ok' in mine) { return false; }
  return /stands inside its own anchor/.test(mine.error) || ('ok' in theirs.c && /[^\x00-\x7f]/.test(text) && /is not (?:an integer|a number)/.test(mine.error));
}

async function readsAlike(python: PyYaml, text: string): Promise<boolean> {
  const [theirs] = await python.load([text]);
  const mine = ours(text);
  if (refusedOnPurpose(text, mine.c, theirs)) { return true; }
  // Where libyaml refuses a text, that is what decides: the daemons would not start.
  return same(mine.c, theirs.c) && (!('ok' in theirs.c) || mine.pureRefuses === !('ok' in theirs.pure));
}

async function writesBack(python: PyYaml, data: YamlValue): Promise<boolean> {
  const text = writeYaml(data);
  const wanted: Verdict = { ok: encode(data) };
  const [theirs] = await python.load([text]);
  return same(wanted, theirs.c) && same(wanted, theirs.pure) && same(wanted, ours(text).c) && writeYaml(readYaml(text).data) === text;
}

/** Checks one property over random values; returns how many agreed and how many differed. */
async function check<T>(name: string, property: fc.IAsyncProperty<[T]>, numRuns: number, seed: number): Promise<[number, number]> {
  const result = await fc.check(property, { numRuns, seed });
  const agreed = result.failed ? result.numRuns - 1 : result.numRuns;
  console.log(`${name}: ${agreed} agreed, ${Number(result.failed)} differed (seed ${seed})`);
  if (result.failed) {
    const [value] = result.counterexample!;
    console.log('  shrunk to:', JSON.stringify(typeof value === 'string' ? value : writeYaml(value as YamlValue)));
    if (result.errorInstance) { console.log(' ', result.errorInstance); }
  }
  return [agreed, Number(result.failed)];
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { python: { type: 'string' }, count: { type: 'string' }, seed: { type: 'string' }, record: { type: 'boolean' } } });
  if (!values.python) { throw new Error('--python PATH_TO_PYTHON is missing; that Python needs PyYAML with libyaml'); }
  const count = Number(values.count ?? 2000);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const python = new PyYaml(values.python);
  const half = Math.ceil(count / 2);
  const recorded = await checkRecorded(python, values.record ?? false);
  const data = await check('data written and read back', fc.asyncProperty(anyData, value => writesBack(python, value)), half, seed);
  const texts = await check('text read', fc.asyncProperty(anyText, text => readsAlike(python, text)), count - half, seed);
  python.stop();
  const failed = recorded[1] + data[1] + texts[1];
  console.log(`${recorded[0] + data[0] + texts[0]} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
