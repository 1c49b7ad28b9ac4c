import { NodepoolRole } from '../check/finding';
import { Report } from '../check/report';
import { Located } from '../located';

/** What hints are given besides the configuration. */
export interface HintContext {
  readonly report: Report;

  /** The only service that reads the file; both when absent. */
  readonly role?: NodepoolRole;

  /** The whole configuration. */
  readonly root: Located;
}

/** Notes what Nodepool accepts and what will not work, or has no effect. It is given anything that YAML can say. */
export type Hint = (context: HintContext) => void;

/** The same for one provider. */
export type ProviderHint = (provider: Located, context: HintContext) => void;

/** A whole number, as far as it is one. */
export function integerOf(at: Located | undefined): number | undefined {
  const value = at?.value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? Number(value) : undefined;
}

/** The texts under a key of the items of a list. */
export function namesIn(items: readonly Located[], key = 'name'): Set<string> {
  return new Set(items.flatMap(item => item.get(key)?.text ?? []));
}

/** Whether a key of a map comes from the environment: what seems to be missing may be there. */
export function isOpen(map: Located): boolean {
  return map.parts.some(([key]) => typeof key === 'object' && key !== null);
}
