import { objectStorage } from '../diskimages';
import { ProviderHint } from '../hint';
import { launchable } from '../labels';

/** Hints for the ibmvpc driver. */
export const ibmvpc: ProviderHint = (provider, context) => {
  launchable(provider, context, ['cloud-image', 'diskimage']);
  objectStorage(provider, context, () => true);
  for (const at of [provider, ...provider.items('pools')]) {
    const name = at.get('name');
    if (!name?.text?.slice(1).includes('_') || name.isUnknown) { continue; }
    const message = 'with an underscore in the name, what is left behind in the cloud is not cleaned up';
    context.report.warn({ rule: 'underscore', at: name, message, remedy: `write "${name.text.replace(/_/g, '-')}"` });
  }
};
