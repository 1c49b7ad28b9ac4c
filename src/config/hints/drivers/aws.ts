import { poolLabels } from '../../providers';
import { objectStorage } from '../diskimages';
import { ProviderHint } from '../hint';
import { launchable } from '../labels';

/** Strategies that EC2 Fleet has for on-demand or for spot instances only. */
const STRATEGIES: Record<string, 'spot' | 'on-demand'> = {
  'prioritized': 'on-demand',
  'price-capacity-optimized': 'spot',
  'capacity-optimized': 'spot',
  'diversified': 'spot',
};

/** Hints for the aws driver. */
export const aws: ProviderHint = (provider, context) => {
  launchable(provider, context, ['cloud-image', 'diskimage'], ['instance-type', 'fleet']);
  objectStorage(provider, context, image => image.get('import-method')?.text !== 'ebs-direct');
  for (const label of poolLabels(provider)) {
    const strategy = label.get('fleet')?.get('allocation-strategy');
    const kind = strategy?.text === undefined ? undefined : STRATEGIES[strategy.text];
    const used = label.get('use-spot')?.isTruthy ? 'spot' : 'on-demand';
    if (!kind || kind === used) { continue; }
    const message = `the strategy "${strategy!.text}" is for ${kind} instances, and these are ${used} instances`;
    context.report.warn({ rule: 'fleet-strategy', at: strategy!, message, remedy: 'choose another strategy, or change "use-spot"' });
  }
};
