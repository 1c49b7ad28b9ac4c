import { DiskimageFamily, isBuilt } from '../diskimages';
import { Located } from '../located';
import { Hint, isOpen, namesIn, ProviderHint } from './hint';

/** What children do not inherit, or cannot take back. */
export const inheritance: Hint = ({ root, report }) => {
  const family = new DiskimageFamily(root);
  const needed = family.withAncestors([...family.byName.values()].filter(isBuilt));
  const circular = family.circular();
  const paused = family.nearest(image => image.get('pause')?.isTruthy ?? false);
  const described = family.nearest(image => image.get('metadata')?.isTruthy ?? false);
  for (const image of root.items('diskimages')) {
    if (circular.has(image.value)) {
      // A circle that a built image runs into is an error already.
      if (needed.has(image.value)) { continue; }
      const parent = image.get('parent')!;
      report.warn({ rule: 'parent-cycle', at: parent, message: 'this abstract diskimage is its own ancestor', remedy: 'leave out one "parent"' });
      continue;
    }
    const pause = image.get('pause');
    if (pause?.value === false && paused(family.parentOf(image))) {
      report.warn({ rule: 'pause-inherited', at: pause, message: 'a child cannot switch off the "pause" of its parent', remedy: 'leave "pause" out of the parent' });
    }
    const metadata = image.isMap && !isOpen(image) && !image.get('metadata') && described(family.parentOf(image));
    if (metadata) {
      const message = `"metadata" is not inherited: this diskimage has none of what ${metadata.path} says`;
      report.inform({ rule: 'metadata-not-inherited', at: image, message, remedy: 'repeat "metadata" here', noValue: true });
    }
  }
};

/** Diskimages that nobody asks to be built. */
export const unbuilt: Hint = ({ root, report }) => {
  if (root.items('providers').some(provider => !provider.isMap || isOpen(provider))) { return; }
  const uploaded = namesIn(root.items('providers').flatMap(provider => provider.items('diskimages')));
  if ([...uploaded].some(name => name.includes('%('))) { return; }
  const family = new DiskimageFamily(root);
  const wanted = family.nearest(image => image.get('formats')?.isTruthy || isOpen(image));
  for (const [name, image] of family.byName) {
    if (!isBuilt(image) || uploaded.has(name) || wanted(image)) { continue; }
    const message = `diskimage "${name}" is never built: it has no formats, and no provider uploads it`;
    report.inform({ rule: 'diskimage-not-built', at: image.get('name')!, pathOf: image, message, remedy: 'add "formats", add it to a provider, or leave it out' });
  }
};

/** Warns of diskimages to upload for which there is nowhere to put them on their way. */
export function objectStorage(needsIt: (image: Located) => boolean): ProviderHint {
  return (provider, { report }) => {
    if (provider.get('object-storage') || isOpen(provider)) { return; }
    const image = provider.items('diskimages').find(one => !one.get('pause')?.isTruthy && needsIt(one));
    if (!image) { return; }
    report.warn({ rule: 'no-object-storage', at: image, message: 'the upload of this diskimage will fail without "object-storage"', remedy: 'set "object-storage" on the provider', noValue: true });
  };
}
