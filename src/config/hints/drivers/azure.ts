import { NodepoolRole } from '../../check/finding';
import { isOpen, ProviderHint, Registered } from '../hint';
import { launchable } from '../labels';
import { quotedRate } from '../rates';

const network: ProviderHint = (provider, { report }) => {
  if (provider.get('subnet-id')?.isTruthy || isOpen(provider)) { return; }
  const given = provider.get('network');
  if (given && (!given.isMap || given.get('network') || isOpen(given))) { return; }
  const message = 'the provider fails when it starts, without the name of a network';
  report.warn({ rule: 'no-network', at: given ?? provider, message, remedy: 'set "network" or "subnet-id"', noValue: true });
};

/** Hints for the azure driver. */
export const azure: ReadonlyArray<Registered<ProviderHint>> = [
  { role: NodepoolRole.LAUNCHER, hint: launchable(['cloud-image', 'diskimage']) },
  // the builder starts the provider too, to upload images.
  { role: 'both', hint: network },
  { role: 'both', hint: quotedRate('azure') },
];
