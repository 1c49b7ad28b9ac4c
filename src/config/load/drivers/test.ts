import { Located } from '../../located';
import { iterate } from '../../python';
import { Loading } from '../loading';

/** Loads a provider of the test driver. */
export function loadTest(provider: Located, loading: Loading): void {
  for (const pool of loading.each(provider.get('pools'))) {
    if (!loading.isMap(pool)) { continue; }
    loading.hash(loading.need(pool, 'name'));
    const labels = loading.need(pool, 'labels');
    if (labels && !labels.isUnknown) { loadLabels(labels, loading); }
  }
}

function loadLabels(labels: Located, loading: Loading): void {
  if (Array.isArray(labels.value)) {
    for (const label of labels.list) {
      if (loading.hash(label)) { loading.offer(label); }
    }
    return;
  }
  const names = iterate(labels.value);
  if (!names || (labels.isPairs && names.length)) {
    loading.wrongKind(labels, 'a list of texts');
    return;
  }
  for (const name of names) {
    if (loading.labels.lacks(name)) { loading.undefinedLabel(name, labels, labels); }
  }
}
