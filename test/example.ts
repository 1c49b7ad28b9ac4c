import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { App, Testing, Yaml } from 'cdk8s';
import { CheckOptions, expectGoodManifests } from './manifests';

/** Only `npm run golden` sets it: a golden never changes while it is compared. */
const WRITE = process.env.WRITE_GOLDENS === 'yes';

/** The variants of an example: what each adds to an app. */
export type Variants = Record<string, (app: App) => void>;

/** The tests that every example passes: its manifests are as committed, good, and the same each time. */
export function checkExample(directory: string, variants: Variants, options: CheckOptions): void {
  describe.each(Object.entries(variants))(`${basename(directory)}, %s`, (variant, add) => {
    const synth = () => synthApp(add);

    test('the manifests are those of the golden', () => {
      const file = join(directory, `${variant}.golden.yaml`);
      if (WRITE) { writeFileSync(file, synth()); }
      if (!existsSync(file)) { throw new Error(`${file} is missing; write it by "npm run golden" and read it`); }
      expect(synth()).toBe(readFileSync(file, 'utf8'));
    });

    test('the manifests pass every check', () => {
      expectGoodManifests(synth(), options);
    });

    test('synthesizing twice in one process gives the same text', () => {
      expect(synth()).toBe(synth());
    });
  });
}

/** What an app writes, all charts in one text. */
export function synthApp(add: (app: App) => void): string {
  const app = new App();
  add(app);
  return Yaml.stringify(...app.charts.flatMap(chart => Testing.synth(chart)));
}
