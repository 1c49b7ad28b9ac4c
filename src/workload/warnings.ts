import { IConstruct } from 'constructs';
import { located } from './errors';

/** What was said already: synthesizing asks again and again, and a warning is read once. */
const said = new WeakMap<IConstruct, Set<string>>();

/** Says what is odd and works all the same, on stderr: it never stops a synth, and is in no manifest. */
export function warn(scope: IConstruct, warnings: readonly string[]): void {
  const before = said.get(scope) ?? new Set();
  said.set(scope, before);
  for (const warning of warnings) {
    if (before.has(warning)) { continue; }
    before.add(warning);
    process.stderr.write(`warning: ${located(scope, warning)}\n`);
  }
}
