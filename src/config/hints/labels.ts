import { poolLabels } from '../providers';
import { isOpen, ProviderHint } from './hint';

/** Warns of labels from which nothing can be launched: of each list of keys one must be there. */
export function launchable(...needs: ReadonlyArray<readonly string[]>): ProviderHint {
  return (provider, { report }) => {
    for (const label of poolLabels(provider)) {
      if (!label.isMap || isOpen(label)) { continue; }
      for (const keys of needs) {
        if (keys.some(key => label.get(key)?.isTruthy)) { continue; }
        const names = keys.map(key => `"${key}"`).join(' or ');
        report.warn({ rule: 'not-launchable', at: label, detail: names, message: `launches will fail without ${names}`, remedy: `set ${names}`, noValue: true });
      }
    }
  };
}
