import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';

/** Classes of cdk8s-plus, by name: it is not loaded before a user does, and theirs may be of another version. */
const TYPED_VALUES = new Set(['Quantity', 'IntOrString']);

/**
 * What a user handed in as plain data: typed values (`k8s.Quantity`, `k8s.IntOrString`) become what they stand for, undefined and null are
 * dropped, and so are empty lists, which Kubernetes reads as absent; every other field stays, known to cdk8s-plus or not.
 */
export function plain(value: any): any {
  if (value === null || value === undefined) { return undefined; }
  if (typeof value !== 'object') { return value; }
  if (TYPED_VALUES.has(value.constructor?.name)) { return value.value; }
  if (value instanceof Lazy) { return value; }
  if (value instanceof Date) { return value.toISOString(); }
  if (Array.isArray(value)) {
    const items = value.map(plain).filter(item => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const converted = plain(item);
    if (converted !== undefined) { result[key] = converted; }
  }
  return result;
}

/**
 * An object as plain data, typed by cdk8s-plus (`k8s.KubeDeploymentProps` and so on) and not rendered by it: that would drop fields newer
 * than Kubernetes 1.27.
 */
export function manifest<Props>(apiVersion: string, kind: string, props: Props): any {
  return { apiVersion, kind, ...plain(props) };
}

/** A quantity of our own, where cdk8s-plus' types ask for one of theirs: the plain text is what it stands for. */
export function quantity(text: string): k8s.Quantity {
  return text as unknown as k8s.Quantity;
}

/** A number or a port's name of our own, where cdk8s-plus' types ask for one of theirs. */
export function intOrString(value: number | string): k8s.IntOrString {
  return value as unknown as k8s.IntOrString;
}
