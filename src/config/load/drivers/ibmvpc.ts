import { Located } from '../../located';
import { findCloudImage, findDiskimage, loadCloudImages, loadProviderDiskimages } from '../images';
import { Loading } from '../loading';
import { loadPools } from '../pools';

/** Loads a provider of the ibmvpc driver. */
export function loadIbmvpc(provider: Located, loading: Loading): void {
  for (const key of ['vpc', 'region']) { loading.need(provider, key); }
  const cloudImages = loadCloudImages(provider, loading, ['username']);
  const diskimages = loadProviderDiskimages(provider, loading, ['operating-system'], () => loading.hash(provider.get('image-format')));
  loadPools(provider, loading, {
    needs: ['max-servers'],
    check: pool => {
      for (const key of ['zone', 'subnet']) {
        if (!(pool.get(key) ?? provider.get(key))?.isTruthy) { missingPlace(pool, key, loading); }
      }
    },
    label: label => {
      findCloudImage(label, cloudImages, loading);
      findDiskimage(label, diskimages, loading);
      loading.need(label, 'profile');
    },
  });
}

function missingPlace(pool: Located, key: string, loading: Loading): void {
  loading.report.refuse('loader', {
    rule: 'missing-place', at: pool, detail: key, message: `neither the pool nor its provider has a "${key}"`, remedy: `set "${key}" on one of them`, noValue: true,
  });
}
