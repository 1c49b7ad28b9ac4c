import { parseArgs } from 'node:util';
import { fixtureSamples, probeSamples, Sample } from './corpus';
import { checkText } from '../../../src/config/check/check';
import { NotTyped, roundTrip } from '../../config/structs/typed';

// Says every valid configuration of a directory with the typed structs and compares the data: YAML, structs, YAML.
//   npx tsx --tsconfig tsconfig.dev.json test/conformance/config/round-trip.ts [--fixtures DIR]

/** The surroundings that the verdicts were recorded with. */
const SURROUNDINGS = {
  env: { NODEPOOL_PORT: '8005' },
  clouds: ['fake', 'fake-vhd', 'fake-qcow2', 'fake-raw', 'vanilla-cloud', 'chocolate-cloud', 'potato', 'real-cloud'],
};

const OUTCOMES = ['same', 'different', 'not typed', 'not valid'] as const;

type Outcome = typeof OUTCOMES[number];

function outcome({ text }: Sample): [Outcome, string?] {
  if (checkText(text, SURROUNDINGS).some(({ validator, loader }) => validator || loader)) { return ['not valid']; }
  try {
    const difference = roundTrip(text);
    return difference === undefined ? ['same'] : ['different', difference];
  } catch (error) {
    return error instanceof NotTyped ? ['not typed', error.message] : ['different', String(error)];
  }
}

const total = { passed: 0, failed: 0, skipped: 0 };

function run(what: string, samples: readonly Sample[]): void {
  const counts = new Map<Outcome, number>(OUTCOMES.map(name => [name, 0]));
  for (const sample of samples) {
    const [result, why] = outcome(sample);
    counts.set(result, counts.get(result)! + 1);
    if (why !== undefined) { console.log(`${result}: ${sample.name}: ${why}`); }
  }
  console.log(`${what}: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}`);
  total.passed += counts.get('same')!;
  total.failed += counts.get('different')!;
  total.skipped += counts.get('not typed')!;
}

const { values } = parseArgs({ options: { fixtures: { type: 'string' } } });
run('recorded', probeSamples());
if (values.fixtures) { run('fixtures', fixtureSamples(values.fixtures)); }
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
