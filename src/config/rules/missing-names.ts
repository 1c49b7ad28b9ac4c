import { Located } from '../located';
import { Problem } from '../problem';
import { providersOf } from '../providers';
import { Rule } from './rule';

/** Lists in a provider whose items need a `name` although the schemas of Nodepool do not ask for one. */
const NAMED_LISTS: Record<string, readonly string[]> = {
  openstack: ['diskimages', 'cloud-images', 'pools'],
  fake: ['diskimages', 'cloud-images', 'pools'],
  gce: ['cloud-images'],
  example: ['cloud-images'],
  static: ['pools'],
  test: ['pools'],
};

/** Items that Nodepool looks up the `name` of, and that have none. */
export const missingNames: Rule = config => [
  ...nameless(config, 'labels'),
  ...nameless(config, 'diskimages'),
  ...providersOf(config, new Set(Object.keys(NAMED_LISTS)))
    .flatMap(({ provider, driver }) => NAMED_LISTS[driver].flatMap(list => nameless(provider, list))),
];

function nameless(parent: Located, list: string): Problem[] {
  return parent.items(list)
    .filter(item => item.isMap && !item.get('name') && !hasUnknownKeys(item))
    .map(item => item.problem('"name" is missing; give it a name'));
}

/** Whether a key of a map comes from the environment: it may be the missing one. */
function hasUnknownKeys(item: Located): boolean {
  return item.parts.some(([key]) => typeof key === 'object' && key !== null);
}
