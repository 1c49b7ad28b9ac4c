import { Located } from '../../located';
import { findCloudImage, findDiskimage, loadCloudImages, loadProviderDiskimages } from '../images';
import { Loading } from '../loading';
import { loadPools } from '../pools';

/** Loads a provider of the azure driver. */
export function loadAzure(provider: Located, loading: Loading): void {
  for (const key of ['location', 'resource-group', 'resource-group-location']) { loading.need(provider, key); }
  const cloudImages = loadCloudImages(provider, loading, ['username']);
  const diskimages = loadProviderDiskimages(provider, loading);
  loadPools(provider, loading, {
    needs: ['max-servers'],
    label: label => {
      findCloudImage(label, cloudImages, loading);
      findDiskimage(label, diskimages, loading);
      loading.need(label, 'hardware-profile');
      for (const key of ['user-data', 'custom-data']) {
        const data = label.get(key);
        if (data?.isTruthy && data.text === undefined) { loading.wrongKind(data, 'a text'); }
      }
    },
  });
}
