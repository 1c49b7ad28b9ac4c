import { NodepoolRole } from '../../check/finding';
import { objectStorage } from '../diskimages';
import { ProviderHint, Registered } from '../hint';
import { launchable } from '../labels';
import { quotedRate } from '../rates';

const underscores: ProviderHint = (provider, { report }) => {
  for (const at of [provider, ...provider.items('pools')]) {
    const name = at.get('name');
    if (!name?.text?.slice(1).includes('_') || name.isUnknown) { continue; }
    const message = 'with an underscore in the name, what is left behind in the cloud is not cleaned up';
    report.warn({ rule: 'underscore', at: name, message, remedy: `write "${name.text.replace(/_/g, '-')}"` });
  }
};

/** Hints for the ibmvpc driver. */
export const ibmvpc: ReadonlyArray<Registered<ProviderHint>> = [
  { role: NodepoolRole.LAUNCHER, hint: launchable(['cloud-image', 'diskimage']) },
  { role: NodepoolRole.LAUNCHER, hint: underscores },
  { role: 'both', hint: quotedRate('ibmvpc') },
  { role: NodepoolRole.BUILDER, hint: objectStorage(() => true) },
];
