import { NodepoolRole } from '../../check/finding';
import { poolLabels } from '../../providers';
import { objectStorage } from '../diskimages';
import { ProviderHint, Registered } from '../hint';
import { launchable } from '../labels';

/** Strategies that EC2 Fleet has for on-demand or for spot instances only. */
const STRATEGIES: Record<string, 'spot' | 'on-demand'> = {
  'prioritized': 'on-demand',
  'price-capacity-optimized': 'spot',
  'capacity-optimized': 'spot',
  'diversified': 'spot',
};

const fleetStrategies: ProviderHint = (provider, { report }) => {
  for (const label of poolLabels(provider)) {
    const strategy = label.get('fleet')?.get('allocation-strategy');
    const kind = strategy?.text === undefined ? undefined : STRATEGIES[strategy.text];
    const used = label.get('use-spot')?.isTruthy ? 'spot' : 'on-demand';
    if (!kind || kind === used) { continue; }
    const message = `the strategy "${strategy!.text}" is for ${kind} instances, and these are ${used} instances`;
    report.warn({ rule: 'fleet-strategy', at: strategy!, message, remedy: 'choose another strategy, or change "use-spot"' });
  }
};

/** Keys that Nodepool does not tell EC2 Fleet. */
const NOT_OF_FLEETS = ['ebs-optimized', 'iam-instance-profile'];

const fleetKeys: ProviderHint = (provider, { report }) => {
  for (const label of poolLabels(provider)) {
    if (!label.get('fleet')?.isTruthy) { continue; }
    for (const key of NOT_OF_FLEETS) {
      const part = label.get(key);
      if (part?.isTruthy) { report.warn({ rule: 'unused-key', at: part, atKey: true, message: `"${key}" has no effect beside "fleet"`, remedy: 'leave it out', noValue: true }); }
    }
  }
};

/** Hints for the aws driver. */
export const aws: ReadonlyArray<Registered<ProviderHint>> = [
  { role: NodepoolRole.LAUNCHER, hint: launchable(['cloud-image', 'diskimage'], ['instance-type', 'fleet']) },
  { role: NodepoolRole.LAUNCHER, hint: fleetStrategies },
  { role: NodepoolRole.LAUNCHER, hint: fleetKeys },
  { role: NodepoolRole.BUILDER, hint: objectStorage(image => image.get('import-method')?.text !== 'ebs-direct') },
];
