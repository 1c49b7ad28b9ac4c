import { toFloat } from '../python';
import { ProviderHint } from './hint';

/** Tells of a rate in quotes: all drivers load it, and those that are named here reckon with it as it is. */
export function quotedRate(failing?: string): ProviderHint {
  return (provider, { report }) => {
    const rate = provider.get('rate');
    if (typeof rate?.value !== 'string' || toFloat(rate.value) === undefined) { return; }
    const remedy = 'write a number without quotes';
    if (failing) {
      report.warn({ rule: 'number-type', at: rate, message: `"${rate.value}" is a text, and the driver "${failing}" fails on it when it starts`, remedy });
    } else {
      report.inform({ rule: 'number-type', at: rate, message: `"${rate.value}" is a text that counts as a number`, remedy });
    }
  };
}
