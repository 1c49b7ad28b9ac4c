import { Located } from './located';
import { YamlFloat } from './yaml';

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
  const images = new Map<string, Located>();
  for (const image of config.items('diskimages')) {
    const name = image.get('name')?.text;
    if (name !== undefined) { images.set(name, image); }
  }
  const timeouts = config.items('diskimages').filter(isBuilt).map(image => buildTimeout(image, images));
  return timeouts.length ? Math.max(...timeouts) : DEFAULT_BUILD_TIMEOUT;
}

/** The nearest value among an image and its ancestors; zero counts as not set. */
function buildTimeout(image: Located, images: ReadonlyMap<string, Located>): number {
  const seen = new Set<Located>();
  for (let current: Located | undefined = image; current && !seen.has(current); current = parentOf(current, images)) {
    seen.add(current);
    const timeout = secondsOf(current.get('build-timeout'));
    if (timeout) { return timeout; }
  }
  return DEFAULT_BUILD_TIMEOUT;
}

function parentOf(image: Located, images: ReadonlyMap<string, Located>): Located | undefined {
  const parent = image.get('parent')?.text;
  return parent ? images.get(parent) : undefined;
}

function secondsOf(timeout: Located | undefined): number | undefined {
  const value = timeout?.value;
  const seconds = value instanceof YamlFloat ? value.value
    : typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : undefined;
  // what is no time to wait for (negative, endless) is Nodepool's to complain about.
  return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : undefined;
}

function isBuilt(image: Located): boolean {
  return image.isMap && !image.get('abstract')?.isTruthy;
}
