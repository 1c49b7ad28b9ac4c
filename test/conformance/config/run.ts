import { parseArgs } from 'node:util';
import { fixtureSamples, probeSamples, Sample } from './corpus';
import { difference, refusedOnPurpose } from './judge';
import { mutateText, mutateTree, Stock } from './mutate';
import { RealNodepool, RealVerdict } from './nodepool';
import { Random } from './random';
import { shrink } from './shrink';
import { bases, sweep } from './sweep';
import { slotsOf } from './tree';
import { readYaml, writeYaml, YamlMap, YamlValue } from '../../../src/config/yaml';

// Compares our verdicts on configurations with those of the real Nodepool 11.0.0: the recorded ones, the fixtures of its
// tests, and mutants of both.
//   npx tsx --tsconfig tsconfig.dev.json test/conformance/config/run.ts --python PATH --count 20000 [--seed 1] [--fixtures DIR] [--sweep]
// `--sweep` also puts every value of a list into every key of a small configuration of every driver: some 30 000 more.

const BATCH = 50;

/** After so many different differences the rest would say nothing new. */
const MAX_SHOWN = 10;

class Comparison {
  public passed = 0;
  public failed = 0;
  private readonly verdicts = new Map<string, number>();

  constructor(private readonly real: RealNodepool) {}

  /** Judges samples; prints what differs. */
  public async run(what: string, samples: Iterable<Sample>): Promise<void> {
    const before = { passed: this.passed, failed: this.failed };
    let batch: Sample[] = [];
    for (const sample of samples) {
      batch.push(sample);
      if (batch.length === BATCH) {
        await this.batch(batch);
        batch = [];
      }
    }
    await this.batch(batch);
    console.log(`${what}: ${this.passed - before.passed} agree, ${this.failed - before.failed} differ`);
  }

  /** How often each pair of verdicts came. */
  public summary(): string {
    return [...this.verdicts].sort().map(([verdict, count]) => `${verdict}: ${count}`).join(', ');
  }

  private async batch(samples: readonly Sample[]): Promise<void> {
    if (!samples.length) { return; }
    const verdicts = await this.real.judge(samples.map(({ text }) => text));
    for (const [index, sample] of samples.entries()) { await this.compare(sample, verdicts[index]); }
  }

  private async compare({ name, text }: Sample, real: RealVerdict): Promise<void> {
    const verdict = `validate ${real.validate === null ? 'ok' : 'fail'} load ${real.load === null ? 'ok' : 'fail'}`;
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + 1);
    const differs = difference(text, real);
    if (!differs || refusedOnPurpose(text)) {
      this.passed++;
      return;
    }
    this.failed++;
    if (this.failed > MAX_SHOWN) { return; }
    const small = await shrink(text, async candidate => difference(candidate, (await this.real.judge([candidate]))[0]) !== undefined);
    const [verdictOnSmall] = await this.real.judge([small]);
    console.log(`--- ${name}\n${difference(small, verdictOnSmall)}\n${small}\n---`);
  }
}

function treeOf({ text }: Sample): YamlValue | undefined {
  try {
    return readYaml(text).data;
  } catch {
    return undefined;
  }
}

function* mutants(samples: readonly Sample[], count: number, random: Random): Generator<Sample> {
  const trees = samples.map(treeOf);
  const maps = trees.filter((tree): tree is YamlValue => tree instanceof Map);
  const keys = new Set(maps.flatMap(tree => slotsOf(tree).map(({ key }) => key).filter(key => typeof key === 'string')));
  const stock: Stock = { trees: maps, keys: [...keys] };
  for (let number = 0; number < count; number++) {
    const index = random.below(samples.length);
    const tree = trees[index];
    const byTree = tree instanceof Map && random.chance(0.75);
    const text = byTree ? writeYaml(mutateTree(tree, stock, random)) : mutateText(samples[index].text, random);
    yield { name: `${number}, ${samples[index].name}`, text };
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { python: { type: 'string' }, count: { type: 'string' }, seed: { type: 'string' }, fixtures: { type: 'string' }, sweep: { type: 'boolean' } },
  });
  if (!values.python) { throw new Error('--python PATH_TO_PYTHON is missing; that Python needs Nodepool 11.0.0'); }
  const count = Number(values.count ?? 2000);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const real = new RealNodepool(values.python);
  const comparison = new Comparison(real);
  const probes = probeSamples();
  const fixtures = values.fixtures ? fixtureSamples(values.fixtures) : [];
  await comparison.run('recorded', probes);
  if (fixtures.length) { await comparison.run('fixtures', fixtures); }
  const small = bases();
  await comparison.run('bases', small);
  if (values.sweep) { await comparison.run('every key with every value', sweep(small.map(sample => [sample.name, treeOf(sample) as YamlMap] as const))); }
  await comparison.run('mutants', mutants([...probes, ...fixtures, ...Array(20).fill(small).flat()], count, new Random(seed)));
  real.stop();
  console.log(comparison.summary());
  console.log(`${comparison.passed} passed, ${comparison.failed} failed`);
  process.exitCode = comparison.failed ? 1 : 0;
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
