import { Kubectl, Manifest } from './kubectl';

/** A field that reads back otherwise than it was applied. */
export interface Drift {
  readonly object: string;
  readonly path: string;
  readonly applied: unknown;
  readonly live: unknown;
}

/**
 * What Argo CD would show as a difference: a field of what was applied that the live object has otherwise. What the cluster adds is no
 * difference, but for elements of a list, which Argo CD compares one by one, in their order, and for what the schema of a custom resource
 * adds to its spec, since Argo CD knows no defaults of those. Before that it drops
 * `metadata.creationTimestamp` and `status`, and takes quantities of resources for what they amount to; so do we.
 */
export async function readBack(kubectl: Kubectl, objects: readonly Manifest[]): Promise<Drift[]> {
  return drifts(objects, await kubectl.getAll(objects));
}

/** The same of objects and what became of them. */
export function drifts(objects: readonly Manifest[], lives: readonly any[]): Drift[] {
  const all: Drift[] = [];
  objects.forEach((object, index) => {
    const { namespace, name } = object.metadata;
    const found: Found = (path, applied, live) =>
      all.push({ object: `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`, path: path.join('.'), applied, live });
    compare(compared(object), lives[index], [], found);
    if (isCustom(object)) { compare(lives[index].spec, object.spec, ['spec'], (path, live, applied) => found(path, applied, live)); }
  });
  return all;
}

/** The object without what Argo CD leaves out of every comparison. */
function compared({ status: _status, metadata: { creationTimestamp: _time, ...metadata }, ...object }: any): any {
  return { ...object, metadata };
}

type Found = (path: string[], applied: unknown, live: unknown) => void;

function compare(applied: any, live: any, path: string[], found: Found): void {
  if (Array.isArray(applied)) {
    if (!Array.isArray(live) || live.length !== applied.length) { found(path, applied, live); return; }
    applied.forEach((element, index) => compare(element, live[index], [...path, String(index)], found));
  } else if (typeof applied === 'object' && applied !== null) {
    if (typeof live !== 'object' || live === null) { found(path, applied, live); return; }
    for (const [key, value] of Object.entries(applied)) { compare(value, live[key], [...path, key], found); }
  } else if (!(applied === live || (isQuantity(path) && amount(applied) === amount(live)))) {
    found(path, applied, live);
  }
}

/** Whether its kind is none of Kubernetes' own, whose groups have no dot or end in k8s.io. */
function isCustom({ apiVersion }: Manifest): boolean {
  return /^[^/]*\.[^/]*\//.test(apiVersion) && !/^[^/]*\.k8s\.io\//.test(apiVersion);
}

/** Resources read back as they are stored, `1Gi` for `1024Mi`. */
function isQuantity(path: readonly string[]): boolean {
  return path.some(part => ['limits', 'requests', 'hard', 'sizeLimit', 'capacity'].includes(part));
}

function amount(quantity: unknown): number {
  const [, number, unit] = /^([0-9.]+)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  const factors: Record<string, number> = { '': 1, 'm': 1e-3, 'k': 1e3, 'M': 1e6, 'G': 1e9, 'T': 1e12, 'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30, 'Ti': 2 ** 40 };
  return Number(number) * factors[unit];
}
