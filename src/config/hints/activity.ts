import { effectiveDriver, poolLabels } from '../providers';
import { words } from '../python';
import { Hint, integerOf } from './hint';

/** Providers and pools that never do anything. */
export const inactive: Hint = ({ root, report }) => {
  for (const provider of root.items('providers')) {
    const concurrency = provider.get('max-concurrency');
    if (integerOf(concurrency) === 0) {
      const message = '"max-concurrency: 0" stops the provider: it takes no request at all';
      report.warn({ rule: 'provider-inactive', at: concurrency!, message, remedy: 'leave it out for no limit, or give a number above 0' });
    }
    for (const pool of provider.items('pools')) {
      const servers = pool.get('max-servers');
      const count = integerOf(servers);
      if (count === undefined || count > 0) { continue; }
      report.warn({ rule: 'pool-inactive', at: servers!, message: `"max-servers: ${count}" closes the pool`, remedy: 'leave it out for no limit, or give a number above 0' });
    }
  }
};

/** Labels that nobody can have. */
export const unofferedLabels: Hint = ({ root, report }) => {
  const offered = new Set<string>();
  for (const provider of root.items('providers')) {
    // A provider that only the environment knows may offer anything.
    if (!provider.isMap || effectiveDriver(provider) === undefined) { return; }
    for (const label of poolLabels(provider)) { offered.add(label.get('name')?.text ?? label.text ?? ''); }
    for (const node of provider.items('pools').flatMap(pool => pool.items('nodes'))) {
      const labels = node.get('labels');
      (labels?.text === undefined ? labels?.list.map(label => label.text ?? '') ?? [] : words(labels.text)).forEach(label => offered.add(label));
    }
  }
  if ([...offered].some(name => name.includes('%('))) { return; }
  for (const label of root.items('labels')) {
    const name = label.get('name');
    if (name?.text !== undefined && !name.isUnknown && !offered.has(name.text)) {
      report.inform({ rule: 'label-not-offered', at: name, pathOf: label, message: `no pool offers the label "${name.text}"`, remedy: 'add it to a pool, or leave it out' });
    }
    const minReady = label.get('min-ready');
    if ((integerOf(minReady) ?? 0) < 0) {
      report.inform({ rule: 'min-ready', at: minReady!, message: 'a negative min-ready is the same as 0: it does not disable the label', remedy: 'write 0' });
    }
  }
};
