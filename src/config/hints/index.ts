import { NodepoolRole } from '../check/finding';
import { effectiveDriver } from '../providers';
import { inactive, unofferedLabels } from './activity';
import { chroots, imagesDirectory, stackKeys, start } from './daemons';
import { inheritance, unbuilt } from './diskimages';
import { PROVIDER_HINTS } from './drivers';
import { Hint, HintContext, Registered } from './hint';
import { fakeNames, repeatedNames, repeatedNamesOfNodes } from './names';

const { BUILDER, LAUNCHER } = NodepoolRole;

/** Hints for any configuration. */
const HINTS: ReadonlyArray<Registered<Hint>> = [
  { role: 'both', hint: repeatedNames },
  { role: LAUNCHER, hint: repeatedNamesOfNodes },
  { role: 'both', hint: fakeNames },
  { role: LAUNCHER, hint: inactive },
  { role: LAUNCHER, hint: unofferedLabels },
  { role: BUILDER, hint: inheritance },
  { role: BUILDER, hint: unbuilt },
];

/** Hints for a file that a daemon reads as it is, without a stack that sets what is missing. */
const FILE_HINTS: ReadonlyArray<Registered<Hint>> = [
  { role: 'both', hint: stackKeys },
  { role: 'both', hint: start },
  { role: BUILDER, hint: imagesDirectory },
  { role: 'both', hint: chroots },
];

/** Hints for a configuration; `alone` when nothing is added to it. */
export const hints = (alone: boolean): Hint => context => {
  for (const hint of concerning(alone ? [...HINTS, ...FILE_HINTS] : HINTS, context)) { hint(context); }
  for (const provider of context.root.items('providers')) {
    const driver = provider.isMap ? effectiveDriver(provider) : undefined;
    if (driver === undefined) { continue; }
    for (const hint of concerning(PROVIDER_HINTS[driver] ?? [], context)) { hint(provider, context); }
  }
};

/** The hints that concern whoever reads the file. */
function concerning<H>(all: ReadonlyArray<Registered<H>>, { role: reader }: HintContext): H[] {
  return all.filter(({ role }) => reader === undefined || role === 'both' || role === reader).map(({ hint }) => hint);
}
