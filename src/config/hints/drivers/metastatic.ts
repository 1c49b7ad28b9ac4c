import { NodepoolRole } from '../../check/finding';
import { poolLabels } from '../../providers';
import { HintContext, ProviderHint, Registered } from '../hint';

const backingLabels: ProviderHint = (provider, context) => {
  for (const label of poolLabels(provider)) {
    const backing = label.get('backing-label');
    if (!backing?.text || backing.isUnknown) { continue; }
    const own = backing.text === label.get('name')?.text;
    if (!own && mayBeOffered(backing.text, context, provider.value)) { continue; }
    const message = own ? 'the label is its own backing label, so it waits for itself' : `no other provider offers "${backing.text}"`;
    context.report.warn({ rule: 'backing-label-not-offered', at: backing, message, remedy: 'name a label that another provider offers' });
  }
};

/** Whether another provider offers a label, as far as can be known: static nodes have their own ways to name labels. */
function mayBeOffered(name: string, { offeringProviders, root }: HintContext, except: unknown): boolean {
  if (offeringProviders.get(name)?.some(provider => provider.value !== except)) { return true; }
  return root.items('providers').some(provider => provider.isUnknown || provider.get('driver')?.text === 'static')
    || [...offeringProviders.keys()].some(label => label.includes('%('));
}

/** Hints for the metastatic driver. */
export const metastatic: ReadonlyArray<Registered<ProviderHint>> = [{ role: NodepoolRole.LAUNCHER, hint: backingLabels }];
