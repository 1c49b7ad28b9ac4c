import { GroupVersionKind, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';

/**
 * What a user handed in as plain data: typed values (`k8s.Quantity`, `k8s.IntOrString`) become what they stand for, undefined and null are
 * dropped, and so are empty lists, which Kubernetes reads as absent; every other field stays, known to cdk8s-plus or not.
 */
export function plain(value: any): any {
  if (value === null || value === undefined) { return undefined; }
  if (value instanceof k8s.Quantity || value instanceof k8s.IntOrString) { return (value as { value: unknown }).value; }
  if (value instanceof Lazy) { return value; }
  if (value instanceof Date) { return value.toISOString(); }
  if (Array.isArray(value)) {
    const items = value.map(plain).filter(item => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (typeof value !== 'object') { return value; }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const converted = plain(item);
    if (converted !== undefined) { result[key] = converted; }
  }
  return result;
}

/**
 * An object as plain data, typed by cdk8s-plus and not rendered by it: that would drop fields newer than Kubernetes 1.27, and take time.
 *
 * @param type such as `k8s.KubeDeployment`
 */
export function manifest<P>(type: { readonly GVK: GroupVersionKind; manifest(props?: P): any }, props: P): any {
  return { ...type.GVK, ...plain(props) };
}
