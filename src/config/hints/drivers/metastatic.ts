import { poolLabels } from '../../providers';
import { namesIn, ProviderHint } from '../hint';

/** Hints for the metastatic driver. */
export const metastatic: ProviderHint = (provider, { report, root }) => {
  const others = root.items('providers').filter(other => other.value !== provider.value);
  const offered = namesIn(others.flatMap(poolLabels));
  for (const label of poolLabels(provider)) {
    const backing = label.get('backing-label');
    if (!backing?.text || backing.isUnknown || [...offered].some(name => name.includes('%('))) { continue; }
    const own = backing.text === label.get('name')?.text;
    if (!own && offered.has(backing.text)) { continue; }
    if (!own && others.some(other => other.get('driver')?.text === 'static' || other.isUnknown)) { continue; }
    const message = own ? 'the label is its own backing label, so it waits for itself' : `no other provider offers "${backing.text}"`;
    report.warn({ rule: 'backing-label-not-offered', at: backing, message, remedy: 'name a label that another provider offers' });
  }
};
