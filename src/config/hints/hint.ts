import { NodepoolRole } from '../check/finding';
import { Report } from '../check/report';
import { Located } from '../located';
import { poolLabels } from '../providers';

/** What hints are given besides a part of the configuration. */
export class HintContext {
  private images?: Set<string>;
  private offers?: ReadonlyMap<string, readonly Located[]>;

  /** `role` is the only service that reads the file; both when absent. */
  constructor(public readonly root: Located, public readonly report: Report, public readonly role?: NodepoolRole) {}

  /** Names of the diskimages that are built. */
  public get builtDiskimages(): ReadonlySet<string> {
    return this.images ??= namesIn(this.root.items('diskimages').filter(image => !image.get('abstract')?.isTruthy));
  }

  /** The providers that offer each label in a pool. */
  public get offeringProviders(): ReadonlyMap<string, readonly Located[]> {
    if (!this.offers) {
      const offers = new Map<string, Located[]>();
      for (const provider of this.root.items('providers')) {
        for (const name of namesIn(poolLabels(provider))) { offers.set(name, [...offers.get(name) ?? [], provider]); }
      }
      this.offers = offers;
    }
    return this.offers;
  }
}

/** A hint and whom it concerns. */
export interface Registered<H> {
  /** The only service that it is about: the other one is not told. */
  readonly role: NodepoolRole | 'both';
  readonly hint: H;
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
