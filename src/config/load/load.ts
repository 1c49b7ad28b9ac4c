import { notAMap } from '../kinds';
import { Located } from '../located';
import { effectiveDriver } from '../providers';
import { loadDiskimages } from './diskimages';
import { DRIVERS } from './drivers';
import { Loading } from './loading';

/** Finds what stops the launcher and the builder when they load a configuration (Nodepool's `loadConfig`). */
export function load(root: Located, loading: Loading): void {
  if (!(root.value instanceof Map)) {
    const { message, remedy } = notAMap(root.value);
    loading.fail('not-a-map', root, message, remedy);
    return;
  }
  const maxHoldAge = root.get('max-hold-age');
  if (maxHoldAge && maxHoldAge.value !== null) { loading.number(maxHoldAge); }
  const webapp = root.get('webapp');
  if (webapp && webapp.value !== null) { loading.map(webapp); }
  for (const server of loading.eachIfAny(root.get('zookeeper-servers'))) {
    if (loading.isMap(server)) { loading.need(server, 'host'); }
  }
  loading.float(root.get('zookeeper-timeout'));
  loadDiskimages(root.get('diskimages'), loading);
  loadLabels(root.get('labels'), loading);
  for (const provider of loading.eachIfAny(root.get('providers'))) { loadProvider(provider, loading); }
  const tls = root.get('zookeeper-tls');
  if (tls?.isTruthy) { loading.map(tls); }
  for (const limit of loading.eachIfAny(root.get('tenant-resource-limits'))) {
    if (loading.isMap(limit)) { loading.hash(loading.need(limit, 'tenant-name')); }
  }
}

function loadLabels(labels: Located | undefined, loading: Loading): void {
  loading.labels.addUnknownOf(labels);
  for (const label of loading.eachIfAny(labels)) {
    if (!loading.isMap(label)) { continue; }
    const name = loading.need(label, 'name');
    if (loading.hash(name)) { loading.labels.add(name.value); }
  }
}

function loadProvider(provider: Located, loading: Loading): void {
  if (!loading.isMap(provider)) { return; }
  const name = provider.get('name');
  if (name && name.text === undefined) {
    loading.wrongKind(name, 'a text');
    return;
  }
  const driver = effectiveDriver(provider);
  const loadIt = driver === undefined ? undefined : DRIVERS[driver];
  if (loadIt) {
    loading.need(provider, 'name');
    loadIt(provider, loading);
    return;
  }
  const written = provider.get('driver');
  if (written && !written.isUnknown) {
    loading.fail('unknown-driver', written, 'there is no such driver', 'name one that Nodepool has');
  }
}
