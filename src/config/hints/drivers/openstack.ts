import { poolLabels } from '../../providers';
import { isOpen, namesIn, ProviderHint } from '../hint';

/** Fields that the name of an uploaded image may use. */
const NAME_FIELDS = ['image_name', 'upload_id', 'timestamp'];

/** Hints for the openstack driver. */
export const openstack: ProviderHint = (provider, { report, builtDiskimages }) => {
  const uploaded = namesIn(provider.items('diskimages'));
  for (const label of isOpen(provider) ? [] : poolLabels(provider)) {
    const image = label.get('diskimage');
    if (!image?.text || image.isUnknown || uploaded.has(image.text) || !builtDiskimages.has(image.text)) { continue; }
    const message = `diskimage "${image.text}" is not among the diskimages of the provider, so it is never uploaded and requests are declined`;
    report.warn({ rule: 'image-not-uploaded', at: image, message, remedy: 'add it to the provider\'s "diskimages"' });
  }
  const format = provider.get('image-name-format');
  const unknown = format?.isUnknown ? [] : [...(format?.text ?? '').matchAll(/\{(\w*)[^}]*\}/g)].map(found => found[1]).filter(name => !NAME_FIELDS.includes(name));
  if (unknown.length) {
    report.warn({ rule: 'image-name-format', at: format!, message: `there is no field "${unknown[0]}", so uploads fail`, remedy: `fields: ${NAME_FIELDS.join(', ')}` });
  }
};
