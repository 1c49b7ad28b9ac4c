import { Located } from './located';
import { YamlFloat, YamlValue } from './yaml';

/** Seconds that Nodepool gives a build when nothing else is said: eight hours. */
const DEFAULT_BUILD_TIMEOUT = 8 * 60 * 60;

/** Whether there is a diskimage to build: one that is not abstract and says more than its name. */
export function hasDiskimagesToBuild(config: Located): boolean {
  return config.items('diskimages').some(image => isBuilt(image) && image.parts.some(([key]) => key !== 'name'));
}

/** The commands that build diskimages, where one is named. */
export function dibCommands(config: Located): { diskimage: string; command: string }[] {
  return config.items('diskimages').flatMap(image => {
    const command = image.get('dib-cmd')?.text;
    return command === undefined ? [] : [{ diskimage: image.get('name')?.text ?? '', command }];
  });
}

/** The longest time, in seconds, that the build of a diskimage may take. */
export function longestBuildTimeout(config: Located): number {
  const family = new DiskimageFamily(config);
  // zero counts as not set.
  const timed = family.nearest(image => Boolean(secondsOf(image.get('build-timeout'))));
  const timeouts = config.items('diskimages').filter(isBuilt).map(image => secondsOf(timed(image)?.get('build-timeout')) ?? DEFAULT_BUILD_TIMEOUT);
  return timeouts.reduce((longest, timeout) => Math.max(longest, timeout), timeouts.length ? 0 : DEFAULT_BUILD_TIMEOUT);
}

/** Diskimages and their parents. However long the chains are, and whatever circles they make, each image is walked over once. */
export class DiskimageFamily {
  /** The images by their names; of several with one name the last. */
  public readonly byName: ReadonlyMap<string, Located>;

  constructor(config: Located) {
    this.byName = new Map(config.items('diskimages').flatMap(image => {
      const name = image.get('name')?.text;
      return name === undefined ? [] : [[name, image] as const];
    }));
  }

  public parentOf(image: Located): Located | undefined {
    const parent = image.get('parent')?.text;
    return parent ? this.byName.get(parent) : undefined;
  }

  /** Finds the nearest that passes a test, among an image and its ancestors. */
  public nearest(test: (image: Located) => boolean): (image: Located | undefined) => Located | undefined {
    const known = new Map<YamlValue, Located | undefined>();
    return image => {
      const walked: YamlValue[] = [];
      let found: Located | undefined;
      for (let current = image; current && !found; current = this.parentOf(current)) {
        if (known.has(current.value)) {
          found = known.get(current.value);
          break;
        }
        // known to have none until one is found, which also ends a circle.
        known.set(current.value, undefined);
        walked.push(current.value);
        if (test(current)) { found = current; }
      }
      walked.forEach(value => known.set(value, found));
      return found;
    };
  }

  /** What is in the family of some images: they and their ancestors. */
  public withAncestors(images: Iterable<Located>): Set<YamlValue> {
    const all = new Set<YamlValue>();
    for (const image of images) {
      for (let current: Located | undefined = image; current && !all.has(current.value); current = this.parentOf(current)) { all.add(current.value); }
    }
    return all;
  }

  /** The images that are their own ancestors. */
  public circular(): Set<YamlValue> {
    const circular = new Set<YamlValue>();
    const walkedFrom = new Map<YamlValue, Located>();
    for (const image of this.byName.values()) {
      let current: Located | undefined = image;
      for (; current && !walkedFrom.has(current.value); current = this.parentOf(current)) { walkedFrom.set(current.value, image); }
      if (!current || walkedFrom.get(current.value) !== image) { continue; }
      for (; current && !circular.has(current.value); current = this.parentOf(current)) { circular.add(current.value); }
    }
    return circular;
  }
}

function secondsOf(timeout: Located | undefined): number | undefined {
  const value = timeout?.value;
  const seconds = value instanceof YamlFloat ? value.value
    : typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : undefined;
  // what is no time to wait for (negative, endless) is Nodepool's to complain about.
  return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
}

/** Whether an image is not only inherited from. */
export function isBuilt(image: Located): boolean {
  return image.isMap && !image.get('abstract')?.isTruthy;
}
