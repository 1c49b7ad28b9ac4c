import { Names } from '../names';
import { poolLabels, providersOf } from '../providers';
import { abstractDiskimages, builtDiskimages } from './diskimage-kinds';
import { notBuilt } from './provider-diskimages';
import { Rule } from './rule';

/** Drivers whose labels name a diskimage of the top level. */
const FROM_TOP_LEVEL = new Set(['openstack', 'fake']);

/** Drivers whose labels name a diskimage of their provider. */
const FROM_PROVIDER = new Set(['aws', 'azure', 'ibmvpc']);

/** Drivers whose labels may name a cloud image of their provider. */
const CLOUD_IMAGES = new Set(['openstack', 'fake', 'aws', 'azure', 'gce', 'ibmvpc', 'example']);

/** Labels whose diskimage is not built. */
export const labelDiskimagesNotBuilt: Rule = config => {
  const built = builtDiskimages(config);
  const abstract = abstractDiskimages(config);
  return providersOf(config, FROM_TOP_LEVEL).flatMap(({ provider }) => poolLabels(provider)).flatMap(label => {
    const image = label.get('diskimage');
    return image?.isTruthy && built.lack(image) ? [image.problem(notBuilt(image.text!, built, abstract))] : [];
  });
};

/** Labels whose diskimage their provider does not upload. */
export const labelDiskimagesNotUploaded: Rule = config => providersOf(config, FROM_PROVIDER).flatMap(({ provider }) => {
  const uploaded = Names.in(provider, 'diskimages');
  return poolLabels(provider).flatMap(label => {
    const image = label.get('diskimage');
    if (!image?.isTruthy || !uploaded.lack(image)) { return []; }
    return [image.problem(`diskimage "${image.text}" is not among the diskimages of its provider: ${uploaded}`)];
  });
});

/** Labels whose cloud image their provider does not define. */
export const undefinedCloudImages: Rule = config => providersOf(config, CLOUD_IMAGES).flatMap(({ provider }) => {
  const defined = Names.in(provider, 'cloud-images');
  return poolLabels(provider).flatMap(label => {
    const image = label.get('cloud-image');
    if (!image?.isTruthy || !defined.lack(image)) { return []; }
    return [image.problem(`cloud-image "${image.text}" is not among the cloud-images of its provider: ${defined}`)];
  });
});
