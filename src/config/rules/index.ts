import { duplicateDiskimages } from './diskimage-names';
import { circularParents, undefinedParents } from './diskimage-parents';
import { labelDiskimagesNotBuilt, labelDiskimagesNotUploaded, undefinedCloudImages } from './label-images';
import { missingNames } from './missing-names';
import { undefinedLabels } from './pool-labels';
import { undefinedProviderDiskimages } from './provider-diskimages';
import { Rule } from './rule';
import { unknownTopLevelKeys } from './top-level-keys';

/** What is wrong whatever is added to a configuration later. */
export const SHAPE_RULES: readonly Rule[] = [
  unknownTopLevelKeys,
];

/** What can only be told once the configuration is complete. */
export const REFERENCE_RULES: readonly Rule[] = [
  missingNames,
  duplicateDiskimages,
  undefinedParents,
  circularParents,
  undefinedLabels,
  undefinedProviderDiskimages,
  labelDiskimagesNotBuilt,
  labelDiskimagesNotUploaded,
  undefinedCloudImages,
];
