import { effectiveDriver } from '../providers';
import { inactive, unofferedLabels } from './activity';
import { chroots, stackKeys, start } from './daemons';
import { inheritance, unbuilt } from './diskimages';
import { PROVIDER_HINTS } from './drivers';
import { Hint } from './hint';
import { fakeNames, repeatedNames } from './names';

/** Hints for any configuration. */
const HINTS: readonly Hint[] = [repeatedNames, fakeNames, inactive, unofferedLabels, inheritance, unbuilt];

/** Hints for a file that a daemon reads as it is, without a stack that sets what is missing. */
const FILE_HINTS: readonly Hint[] = [stackKeys, start, chroots];

/** Hints for a configuration; `alone` when nothing is added to it. */
export const hints = (alone: boolean): Hint => context => {
  for (const hint of alone ? [...HINTS, ...FILE_HINTS] : HINTS) { hint(context); }
  for (const provider of context.root.items('providers')) {
    const driver = provider.isMap ? effectiveDriver(provider) : undefined;
    if (driver !== undefined) { PROVIDER_HINTS[driver]?.(provider, context); }
  }
};
