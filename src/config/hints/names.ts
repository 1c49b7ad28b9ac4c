import { Located } from '../located';
import { describePlace } from '../problem';
import { Hint, HintContext } from './hint';

/** Items of lists of which Nodepool silently keeps the last. */
export const repeatedNames: Hint = context => {
  const { root } = context;
  repeated(root.items('providers'), 'provider', context);
  for (const provider of root.items('providers')) { repeated(provider.items('diskimages'), 'diskimage', context); }
};

/** The same of what nodes are made of. */
export const repeatedNamesOfNodes: Hint = context => {
  const { root } = context;
  repeated(root.items('labels'), 'label', context);
  repeated(root.items('tenant-resource-limits'), 'tenant', context, 'tenant-name');
  for (const provider of root.items('providers')) {
    repeated(provider.items('cloud-images'), 'cloud-image', context);
    repeated(provider.items('pools'), 'pool', context);
    for (const pool of provider.items('pools')) { repeated(pool.items('labels'), 'label', context); }
  }
};

function repeated(items: readonly Located[], what: string, { report }: HintContext, key = 'name'): void {
  const first = new Map<string, Located>();
  for (const item of items) {
    const name = item.get(key);
    if (name?.text === undefined) { continue; }
    const before = first.get(name.text);
    if (before) {
      const where = before.place ? `, first at ${describePlace(before.place)}` : '';
      report.warn({ rule: 'duplicate-name', at: name, pathOf: item, message: `${what} "${name.text}" is defined twice${where}`, remedy: 'Nodepool keeps the last' });
    } else {
      first.set(name.text, name);
    }
  }
}

/** Names that turn a provider into one of the fake driver. */
export const fakeNames: Hint = ({ root, report }) => {
  for (const provider of root.items('providers')) {
    const name = provider.get('name');
    const driver = provider.get('driver');
    if (!name?.text?.startsWith('fake') || driver?.text === 'fake' || driver?.isUnknown) { continue; }
    report.warn({
      rule: 'fake-name',
      at: name,
      message: `a name that begins with "fake" makes Nodepool use its fake driver, instead of ${driver?.text ?? 'openstack'}`,
      remedy: 'give it another name, or write "driver: fake" if that is meant',
    });
  }
};
