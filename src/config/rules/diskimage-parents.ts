import { Located } from '../located';
import { Names } from '../names';
import { Problem } from '../problem';
import { Rule } from './rule';

/** Parents of diskimages that do not exist. */
export const undefinedParents: Rule = config => {
  const defined = Names.in(config, 'diskimages');
  return config.items('diskimages').flatMap(image => {
    const parent = image.get('parent');
    if (!parent?.isTruthy || !defined.lack(parent)) { return []; }
    return [parent.problem(`parent "${parent.text}" is not defined; defined diskimages: ${defined}`)];
  });
};

/** Diskimages that are their own ancestors, so that Nodepool never ends collecting what they inherit. */
export const circularParents: Rule = config => {
  const images = new Map<string, Located>();
  for (const image of config.items('diskimages')) {
    const name = image.get('name')?.text;
    if (name !== undefined) { images.set(name, image); }
  }
  const reported = new Set<string>();
  return [...images].flatMap(([name, image]): Problem[] => {
    // An abstract image is only read for the sake of a child, and that child reports the circle.
    if (image.get('abstract')?.isTruthy) { return []; }
    const circle = findCircle(name, images);
    const members = circle && [...circle].sort().join('\n');
    if (!circle || reported.has(members!)) { return []; }
    reported.add(members!);
    const parent = images.get(circle[0])!.get('parent')!;
    return [parent.problem(`diskimage "${circle[0]}" is its own ancestor (${[...circle, circle[0]].join(' -> ')}); leave out one "parent"`)];
  });
};

/** The circle that a chain of parents runs into. */
function findCircle(start: string, images: ReadonlyMap<string, Located>): string[] | undefined {
  const chain: string[] = [];
  for (let name: string | undefined = start; name; name = images.get(name)?.get('parent')?.text) {
    const seen = chain.indexOf(name);
    if (seen >= 0) { return chain.slice(seen); }
    chain.push(name);
  }
  return undefined;
}
