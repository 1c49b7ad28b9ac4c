import { Located } from '../../located';
import { YamlBinary, YamlEnvText } from '../../yaml';
import { findCloudImage, findDiskimage, loadCloudImages, loadProviderDiskimages } from '../images';
import { Loading } from '../loading';
import { loadPools } from '../pools';

/** Loads a provider of the aws driver. */
export function loadAws(provider: Located, loading: Loading): void {
  loading.map(provider.get('max-resources'));
  const cloudImages = loadCloudImages(provider, loading, ['username'], loadFilters);
  const diskimages = loadProviderDiskimages(provider, loading, [], image => {
    loading.hash(provider.get('image-format'));
    importMethod(image, loading);
  });
  loadPools(provider, loading, {
    check: pool => loading.map(pool.get('max-resources')),
    label: (label, pool) => {
      findCloudImage(label, cloudImages, loading);
      findDiskimage(label, diskimages, loading);
      dedicatedHost(label, pool, loading);
    },
  });
}

/** The keys of filters are made upper case, so they must be texts. */
function loadFilters(image: Located, loading: Loading): void {
  const filters = image.get('image-filters');
  if (!filters || filters.value === null) { return; }
  for (const filter of loading.each(filters)) {
    if (!loading.isMap(filter)) { continue; }
    for (const [key, part] of filter.parts) {
      if (typeof key !== 'string' && !(key instanceof YamlBinary) && !(key instanceof YamlEnvText)) {
        loading.report.refuse('loader', { rule: 'unknown-key', at: part, atKey: true, message: 'a key of a filter is no text', remedy: 'write "name" and "values"', noValue: true });
      }
    }
  }
}

function importMethod(image: Located, loading: Loading): void {
  const support = image.get('imds-support');
  if (support?.value !== 'v2.0' || image.get('import-method')?.value !== 'image') { return; }
  loading.fail('imds-import-method', support, 'imds-support cannot be set on an image that is imported whole', 'use import-method "snapshot" or "ebs-direct"');
}

function dedicatedHost(label: Located, pool: Located, loading: Loading): void {
  const dedicated = label.get('dedicated-host');
  if (!dedicated?.isTruthy || dedicated.isUnknown) { return; }
  const spot = label.get('use-spot');
  if (spot?.isTruthy && !spot.isUnknown) {
    loading.fail('dedicated-spot', spot, 'spot instances cannot be used on dedicated hosts', 'leave out "use-spot" or "dedicated-host"');
  }
  if (!pool.get('availability-zone')?.isTruthy) {
    loading.fail('dedicated-zone', dedicated, 'dedicated hosts need the zone of their pool', 'set "availability-zone" on the pool');
  }
}
