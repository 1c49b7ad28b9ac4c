import { Names } from '../names';
import { Problem } from '../problem';
import { providersOf } from '../providers';
import { abstractDiskimages, builtDiskimages } from './diskimage-kinds';
import { Rule } from './rule';

/** Drivers that upload diskimages. */
const UPLOADING = new Set(['openstack', 'fake', 'aws', 'azure', 'ibmvpc']);

/** Diskimages that a provider uploads and nobody builds. */
export const undefinedProviderDiskimages: Rule = config => {
  const built = builtDiskimages(config);
  const abstract = abstractDiskimages(config);
  return providersOf(config, UPLOADING).flatMap(({ provider }) => provider.items('diskimages')).flatMap((image): Problem[] => {
    const name = image.get('name');
    if (!name || !built.lack(name)) { return []; }
    return [{ path: image.path, place: name.place, text: notBuilt(name.text!, built, abstract) }];
  });
};

/** Why a diskimage cannot be referred to. */
export function notBuilt(name: string, built: Names, abstract: Names): string {
  const why = abstract.lackText(name) ? 'is not defined' : 'is abstract, so it is never built';
  return `diskimage "${name}" ${why}; diskimages that are built: ${built}`;
}
