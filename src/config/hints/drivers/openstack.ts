import { NodepoolRole } from '../../check/finding';
import { poolLabels } from '../../providers';
import { formatFailure } from '../../python-format';
import { isOpen, namesIn, ProviderHint, Registered } from '../hint';
import { quotedRate } from '../rates';

/** Fields that the name of an uploaded image may use. */
const NAME_FIELDS = ['image_name', 'upload_id', 'timestamp'];

const uploads: ProviderHint = (provider, { report, builtDiskimages }) => {
  if (isOpen(provider)) { return; }
  const uploaded = namesIn(provider.items('diskimages'));
  for (const label of poolLabels(provider)) {
    const image = label.get('diskimage');
    if (!image?.text || image.isUnknown || uploaded.has(image.text) || !builtDiskimages.has(image.text)) { continue; }
    const message = `diskimage "${image.text}" is not among the diskimages of the provider, so it is never uploaded and requests are declined`;
    report.warn({ rule: 'image-not-uploaded', at: image, message, remedy: 'add it to the provider\'s "diskimages"' });
  }
};

const imageNames: ProviderHint = (provider, { report }) => {
  const format = provider.get('image-name-format');
  if (format?.text === undefined || format.isUnknown) { return; }
  const failure = formatFailure(format.text, NAME_FIELDS);
  if (!failure) { return; }
  const remedy = failure.unknownField ? `fields: ${NAME_FIELDS.join(', ')}` : `write fields as "{${NAME_FIELDS[0]}}", and a brace as "{{" or "}}"`;
  report.warn({ rule: 'image-name-format', at: format, message: `${failure.message}, so uploads fail`, remedy });
};

/** Hints for the openstack driver. */
export const openstack: ReadonlyArray<Registered<ProviderHint>> = [
  { role: NodepoolRole.LAUNCHER, hint: uploads },
  { role: NodepoolRole.BUILDER, hint: imageNames },
  { role: 'both', hint: quotedRate() },
];
