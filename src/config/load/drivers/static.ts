import { Located } from '../../located';
import { words } from '../../python';
import { Loading } from '../loading';

/** Loads a provider of the static driver. */
export function loadStatic(provider: Located, loading: Loading): void {
  for (const pool of loading.each(provider.get('pools'))) {
    if (!loading.isMap(pool)) { continue; }
    loading.hash(loading.need(pool, 'name'));
    for (const node of loading.each(pool.get('nodes'))) {
      if (loading.isMap(node)) { loadNode(node, loading); }
    }
  }
}

function loadNode(node: Located, loading: Loading): void {
  loading.need(node, 'name');
  loading.int(node.get('timeout'));
  loading.int(node.get('connection-port') ?? node.get('ssh-port'));
  loading.int(node.get('max-parallel-jobs'));
  const labels = loading.need(node, 'labels');
  if (labels?.text !== undefined) {
    if (labels.isUnknown) { return; }
    for (const word of words(labels.text)) {
      if (loading.labels.lacks(word)) { loading.undefinedLabel(word, labels, labels); }
    }
  } else if (labels && Array.isArray(labels.value)) {
    for (const label of labels.list) {
      if (loading.hash(label)) { loading.offer(label); }
    }
  } else if (labels && labels.isPairs && labels.isTruthy) {
    loading.wrongKind(labels, 'a list of texts');
  }
}
