/** Labels of an object of ours that belongs to no pod. */
export function nodepoolLabels(component: string, extra: Record<string, string> = {}): Record<string, string> {
  return {
    ...extra,
    'app.kubernetes.io/name': 'nodepool',
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'zuul',
  };
}
