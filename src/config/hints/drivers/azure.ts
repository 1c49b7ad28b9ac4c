import { isOpen, ProviderHint } from '../hint';
import { launchable } from '../labels';

/** Hints for the azure driver. */
export const azure: ProviderHint = (provider, context) => {
  launchable(provider, context, ['cloud-image', 'diskimage']);
  if (provider.get('subnet-id')?.isTruthy || isOpen(provider)) { return; }
  const network = provider.get('network');
  if (network ? network.isMap && !network.get('network') && !isOpen(network) : true) {
    context.report.warn({
      rule: 'no-network', at: network ?? provider, message: 'the provider fails when it starts, without the name of a network', remedy: 'set "network" or "subnet-id"', noValue: true,
    });
  }
};
