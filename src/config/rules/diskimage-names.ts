import { Located } from '../located';
import { describePlace, Problem } from '../problem';
import { Rule } from './rule';

/** Diskimages that bear the name of an earlier one. */
export const duplicateDiskimages: Rule = config => {
  const first = new Map<string, Located>();
  const problems: Problem[] = [];
  for (const image of config.items('diskimages')) {
    const name = image.get('name');
    if (name?.text === undefined || name.isUnknown) { continue; }
    const before = first.get(name.text);
    if (!before) {
      first.set(name.text, name);
      continue;
    }
    const where = before.place ? `, first at ${describePlace(before.place)}` : '';
    problems.push({ path: image.path, place: name.place, text: `diskimage "${name.text}" is defined twice${where}; give every diskimage its own name` });
  }
  return problems;
};
