import { NodepoolRole } from '../check/finding';
import { Located } from '../located';
import { Hint, HintContext, isOpen, namesIn } from './hint';


/** What children do not inherit, or cannot take back. */
export const inheritance: Hint = ({ root, report }) => {
  const images = new Map(root.items('diskimages').flatMap(image => {
    const name = image.get('name')?.text;
    return name === undefined ? [] : [[name, image] as const];
  }));
  const isBuilt = (image: Located) => !image.get('abstract')?.isTruthy;
  const built = [...images.values()].filter(isBuilt);
  const needed = new Set(built.flatMap(image => [image, ...lineage(image, images).ancestors]).map(image => image.value));
  for (const image of root.items('diskimages')) {
    const { ancestors, circular } = lineage(image, images);
    // A circle that a built image runs into is an error already.
    if (circular && needed.has(image.value)) { continue; }
    if (circular) {
      const parent = image.get('parent')!;
      report.warn({ rule: 'parent-cycle', at: parent, message: 'this abstract diskimage is its own ancestor', remedy: 'leave out one "parent"' });
      continue;
    }
    const pause = image.get('pause');
    if (pause?.value === false && ancestors.some(ancestor => ancestor.get('pause')?.isTruthy)) {
      report.warn({ rule: 'pause-inherited', at: pause, message: 'a child cannot switch off the "pause" of its parent', remedy: 'leave "pause" out of the parent' });
    }
    const metadata = image.isMap && !isOpen(image) && !image.get('metadata') && ancestors.find(ancestor => ancestor.get('metadata')?.isTruthy);
    if (metadata) {
      const message = `"metadata" is not inherited: this diskimage has none of what ${metadata.path} says`;
      report.inform({ rule: 'metadata-not-inherited', at: image, message, remedy: 'repeat "metadata" here', noValue: true });
    }
  }
};

/** Diskimages that nobody asks to be built. */
export const unbuilt: Hint = ({ root, report, role }) => {
  if (role === NodepoolRole.LAUNCHER || root.items('providers').some(provider => !provider.isMap || isOpen(provider))) { return; }
  const uploaded = namesIn(root.items('providers').flatMap(provider => provider.items('diskimages')));
  const images = new Map(root.items('diskimages').flatMap(image => {
    const name = image.get('name')?.text;
    return name === undefined ? [] : [[name, image] as const];
  }));
  for (const [name, image] of images) {
    if (image.get('abstract')?.isTruthy || uploaded.has(name) || [...uploaded].some(other => other.includes('%('))) { continue; }
    if ([image, ...lineage(image, images).ancestors].some(one => one.get('formats')?.isTruthy || isOpen(one))) { continue; }
    const message = `diskimage "${name}" is never built: it has no formats, and no provider uploads it`;
    report.inform({ rule: 'diskimage-not-built', at: image.get('name')!, pathOf: image, message, remedy: 'add "formats", add it to a provider, or leave it out' });
  }
};

function lineage(image: Located, images: ReadonlyMap<string, Located>): { ancestors: Located[]; circular: boolean } {
  const ancestors: Located[] = [];
  const seen = new Set([image.value]);
  for (let parent = parentOf(image, images); parent; parent = parentOf(parent, images)) {
    if (seen.has(parent.value)) { return { ancestors, circular: parent.value === image.value }; }
    seen.add(parent.value);
    ancestors.push(parent);
  }
  return { ancestors, circular: false };
}

function parentOf(image: Located, images: ReadonlyMap<string, Located>): Located | undefined {
  const name = image.get('parent')?.text;
  return name ? images.get(name) : undefined;
}

/** Warns of diskimages to upload for which there is nowhere to put them on their way. */
export function objectStorage(provider: Located, { report, role }: HintContext, needsIt: (image: Located) => boolean): void {
  if (role === NodepoolRole.LAUNCHER || provider.get('object-storage') || isOpen(provider)) { return; }
  const image = provider.items('diskimages').find(needsIt);
  if (!image) { return; }
  report.warn({ rule: 'no-object-storage', at: image, message: 'the upload of this diskimage will fail without "object-storage"', remedy: 'set "object-storage" on the provider', noValue: true });
}
