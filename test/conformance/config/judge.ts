import { RealVerdict } from './nodepool';
import { checkText } from '../../../src/config/check/check';
import { fastDifference } from '../../config/yaml/fast-agrees';

/** The surroundings that the worker gives to the real Nodepool. */
const SURROUNDINGS = {
  env: { NODEPOOL_PORT: '8005' },
  clouds: ['fake', 'fake-vhd', 'fake-qcow2', 'fake-raw', 'vanilla-cloud', 'chocolate-cloud', 'potato', 'real-cloud'],
};

/** How our verdict on a text differs from the real one; `undefined` when it does not. */
export function difference(text: string, real: RealVerdict): string | undefined {
  const findings = checkText(text, SURROUNDINGS);
  const differs = (['validator', 'loader'] as const).flatMap(by => {
    const theirs = by === 'validator' ? real.validate : real.load;
    const ours = findings.find(finding => finding[by]);
    if (Boolean(ours) === (theirs !== null)) { return []; }
    // Whether a format of a region works is left open, with a warning.
    if (by === 'loader' && !ours && findings.some(({ rule }) => rule === 'wrong-region')) { return []; }
    return [`${by}: real: ${theirs ?? 'accepted'}; ours: ${ours ? `${ours.line}:${ours.column} ${ours.path} ${ours.rule}: ${ours.message}` : 'accepted'}`];
  });
  const quick = fastDifference(text);
  if (quick) { differs.push(`the quick reader of YAML differs from the complete one: ${quick}`); }
  return differs.length ? differs.join('\n') : undefined;
}

/** Whether we refuse a text on purpose that Nodepool takes: a value inside itself, or digits that are not ASCII. */
export function refusedOnPurpose(text: string): boolean {
  const [first] = checkText(text, SURROUNDINGS);
  return /stands inside its own anchor|is not (?:an integer|a number)$/.test(first?.message ?? '') && (first.message.includes('anchor') || /[^\x00-\x7f]/.test(text));
}
