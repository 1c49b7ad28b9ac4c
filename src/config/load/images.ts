import { keyText, Located } from '../located';
import { Loading } from './loading';
import { Lookup } from './lookup';

/** What several drivers do with images. */

/** Loads cloud images; `needed` are the keys that the driver looks up without asking whether they are there. */
export function loadCloudImages(
  provider: Located, loading: Loading, needed: readonly string[], more?: (image: Located, loading: Loading) => void,
): Lookup {
  const images = new Lookup('cloud-images of its provider');
  const list = provider.get('cloud-images');
  images.addUnknownOf(list);
  for (const image of loading.each(list)) {
    if (!loading.isMap(image)) { continue; }
    const name = loading.need(image, 'name');
    needed.forEach(key => loading.need(image, key));
    loading.hash(image.get('connection-type'));
    more?.(image, loading);
    if (loading.hash(name)) { images.add(name.value); }
  }
  return images;
}

/** Loads the diskimages that a provider uploads. */
export function loadProviderDiskimages(
  provider: Located, loading: Loading, needed: readonly string[] = [], more?: (image: Located, loading: Loading) => void,
): Lookup {
  const images = new Lookup('diskimages of its provider');
  const list = provider.get('diskimages');
  images.addUnknownOf(list);
  for (const image of loading.each(list)) {
    if (!loading.isMap(image)) { continue; }
    const name = loading.need(image, 'name');
    needed.forEach(key => loading.need(image, key));
    loading.hash(image.get('connection-type'));
    more?.(image, loading);
    if (name && loading.built(name, image)) { images.add(name.value); }
    // A label may name it all the same: that the image is not built is said once.
    if (name && loading.diskimages.lacks(name.value)) { images.add(name.value); }
  }
  return images;
}

/** A cloud image that a label names must be its provider's. */
export function findCloudImage(label: Located, images: Lookup, loading: Loading): void {
  find(label.get('cloud-image'), 'cloud-image', images, loading);
}

/** A diskimage that a label names must be its provider's. */
export function findDiskimage(label: Located, images: Lookup, loading: Loading): void {
  find(label.get('diskimage'), 'diskimage', images, loading);
}

function find(image: Located | undefined, kind: string, images: Lookup, loading: Loading): void {
  if (!image?.isTruthy || !loading.hash(image) || !images.lacks(image.value)) { return; }
  const name = keyText(image.value);
  const [rule, message] = [`unknown-${kind}`, `${kind} "${name}" is not among the ${kind}s of its provider`];
  loading.fail(rule, image, message, images.remedy(name));
}
