import { isOpen, ProviderHint } from '../hint';

/** Hints for the gce driver. */
export const gce: ProviderHint = (provider, { report }) => {
  for (const image of provider.items('cloud-images')) {
    if (!image.isMap || isOpen(image) || image.get('image-id')?.isTruthy) { continue; }
    const missing = ['image-project', 'image-family'].filter(key => !image.get(key)?.isTruthy);
    if (!missing.length) { continue; }
    const message = `launches from this image will fail without ${missing.map(key => `"${key}"`).join(' and ')}`;
    report.warn({ rule: 'not-launchable', at: image, detail: 'image', message, remedy: 'set "image-id", or "image-project" and "image-family"', noValue: true });
  }
};
