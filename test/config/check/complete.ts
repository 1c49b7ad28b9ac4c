/** What each driver asks of a provider, so that a test finds only what it is about. */
const PROVIDER: Record<string, object> = {
  openstack: { cloud: 'c' },
  fake: { cloud: 'c' },
  aws: { 'region-name': 'r' },
  azure: { 'location': 'l', 'resource-group': 'g', 'resource-group-location': 'l', 'auth-path': '/a' },
  gce: { project: 'p', region: 'r', zone: 'z' },
  ibmvpc: { vpc: 'v', region: 'r', zone: 'z', subnet: 's' },
  openshift: { context: 'c' },
  openshiftpods: { context: 'c' },
  example: { project: 'p', region: 'r' },
};
const POOL: Record<string, object> = { azure: { 'max-servers': 1 }, ibmvpc: { 'max-servers': 1 } };
const LABEL: Record<string, object> = {
  openstack: { 'min-ram': 1 },
  fake: { 'min-ram': 1 },
  aws: { 'key-name': 'k', 'instance-type': 't' },
  azure: { 'hardware-profile': { 'vm-size': 's' } },
  gce: { 'instance-type': 't' },
  ibmvpc: { profile: 'p' },
  kubernetes: { type: 'pod', image: 'i' },
  openshift: { type: 'pod', image: 'i' },
  openshiftpods: { image: 'i' },
  metastatic: { 'backing-label': 'b' },
  example: { 'instance-type': 't' },
};

/** Drivers whose labels need an image: one is added to the provider. */
const IMAGES = new Set(['openstack', 'fake', 'aws', 'azure', 'gce', 'ibmvpc', 'example']);
const IMAGE = { 'username': 'u', 'image-id': 'i' };
const CLOUD_IMAGE: Record<string, object> = { aws: IMAGE, azure: IMAGE, ibmvpc: IMAGE, gce: { 'image-id': 'i' } };
const DISKIMAGE: Record<string, object> = { ibmvpc: { 'operating-system': 'o' } };

/** A cloud image with what its driver asks for. */
export function cloudImage(driver: string, name: string): object {
  return { name, ...CLOUD_IMAGE[driver] };
}

/** A provider with one pool that offers some labels, complete but for what the test is about. */
export function provider(
  driver: string, labels: ReadonlyArray<Record<string, unknown>>, more: { diskimages?: string[]; cloudImages?: string[] } = {},
): object {
  const cloudImages = [...IMAGES.has(driver) ? ['ci'] : [], ...more.cloudImages ?? []].map(name => cloudImage(driver, name));
  return {
    name: 'p',
    driver,
    ...PROVIDER[driver],
    ...cloudImages.length ? { 'cloud-images': cloudImages } : {},
    ...more.diskimages ? { diskimages: more.diskimages.map(name => ({ name, ...DISKIMAGE[driver] })) } : {},
    pools: [{
      name: 'main',
      ...POOL[driver],
      labels: labels.map(label => ({ ...LABEL[driver], ...IMAGES.has(driver) && !('diskimage' in label) ? { 'cloud-image': 'ci' } : {}, ...label })),
    }],
  };
}
