import { NodepoolRole } from '../../check/finding';
import { isOpen, ProviderHint, Registered } from '../hint';

const cloudImages: ProviderHint = (provider, { report }) => {
  for (const image of provider.items('cloud-images')) {
    if (!image.isMap || isOpen(image) || image.get('image-id')?.isTruthy) { continue; }
    const missing = ['image-project', 'image-family'].filter(key => !image.get(key)?.isTruthy);
    if (!missing.length) { continue; }
    const message = `launches from this image will fail without ${missing.map(key => `"${key}"`).join(' and ')}`;
    report.warn({ rule: 'not-launchable', at: image, detail: 'image', message, remedy: 'set "image-id", or "image-project" and "image-family"', noValue: true });
  }
};

/** Hints for the gce driver. */
export const gce: ReadonlyArray<Registered<ProviderHint>> = [{ role: NodepoolRole.LAUNCHER, hint: cloudImages }];
