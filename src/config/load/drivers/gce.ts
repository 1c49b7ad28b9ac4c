import { Located } from '../../located';
import { findCloudImage, loadCloudImages } from '../images';
import { Loading } from '../loading';
import { loadPools } from '../pools';

/** Loads a provider of the gce driver. */
export function loadGce(provider: Located, loading: Loading): void {
  const cloudImages = loadCloudImages(provider, loading, []);
  loadPools(provider, loading, {
    label: label => {
      findCloudImage(label, cloudImages, loading);
      loading.need(label, 'instance-type');
    },
  });
}
