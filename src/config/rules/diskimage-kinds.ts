import { Located } from '../located';
import { Names } from '../names';

/** Names of the diskimages that are built. */
export function builtDiskimages(config: Located): Names {
  return Names.in(config, 'diskimages', image => !isAbstract(image));
}

/** Names of the diskimages that others only inherit from. */
export function abstractDiskimages(config: Located): Names {
  return Names.in(config, 'diskimages', isAbstract);
}

/** Whether a diskimage is surely abstract. */
export function isAbstract(image: Located): boolean {
  const abstract = image.get('abstract');
  return Boolean(abstract && !abstract.isUnknown && abstract.isTruthy);
}
