import { Located } from '../located';
import { Names } from '../names';
import { Problem } from '../problem';
import { effectiveDriver, poolLabels } from '../providers';
import { Rule } from './rule';

/** Labels that a pool or a static node offers and the top level does not define. */
export const undefinedLabels: Rule = config => {
  const defined = Names.in(config, 'labels');
  return config.items('providers').filter(provider => provider.isMap)
    .flatMap(provider => offeredLabels(provider, effectiveDriver(provider)))
    .filter(({ name, label }) => !label.isUnknown && defined.lackText(name))
    .map(({ name, label, item }): Problem => ({
      path: item.path,
      place: label.place,
      text: `label "${name}" is not defined; defined labels: ${defined}`,
    }));
};

interface OfferedLabel {
  readonly name: string;
  /** The value that names it. */
  readonly label: Located;
  /** What a message calls it by. */
  readonly item: Located;
}

/** Where each driver lists its labels. */
function offeredLabels(provider: Located, driver: string | undefined): OfferedLabel[] {
  switch (driver) {
    case undefined: return [];
    case 'static': return provider.items('pools').flatMap(pool => pool.items('nodes')).flatMap(nodeLabels);
    case 'test': return poolLabels(provider).flatMap(label => offered(label, label));
    default: return poolLabels(provider).flatMap(item => offered(item.get('name'), item));
  }
}

/** The labels of a static node: a list, or one string of words. */
function nodeLabels(node: Located): OfferedLabel[] {
  const labels = node.get('labels');
  if (labels?.text === undefined) { return node.items('labels').flatMap(label => offered(label, label)); }
  return labels.text.split(/\s+/).filter(name => name).map(name => ({ name, label: labels, item: labels }));
}

function offered(label: Located | undefined, item: Located): OfferedLabel[] {
  return label?.text === undefined ? [] : [{ name: label.text, label, item }];
}
