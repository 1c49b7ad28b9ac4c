import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { CheckOptions, expectGoodManifests, synthYaml } from './manifests';

/** Only `npm run golden` sets it: a golden never changes while it is compared. */
const WRITE = process.env.WRITE_GOLDENS === 'yes';

/** The variants of an example: what each adds to an app. */
export type Variants = Record<string, (app: App) => Chart>;

/** The tests that every example passes: its manifests are as committed, good, and the same each time. */
export function checkExample(directory: string, variants: Variants, options: CheckOptions): void {
  describe.each(Object.entries(variants))(`${basename(directory)}, %s`, (variant, add) => {
    const synth = () => synthYaml(add(new App()));

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
