import { undefinedParent } from '../load/diskimages';
import { Loading } from '../load/loading';
import { Located } from '../located';
import { describePlace } from '../problem';
import { effectiveDriver, poolLabels } from '../providers';
import { Report } from './report';

/** Finds what `nodepool config-validate` refuses beyond the shape: references of the openstack driver, and between diskimages. */
export function crossCheck(root: Located, loading: Loading): void {
  const providers = root.items('providers').filter(provider => provider.isMap && effectiveDriver(provider) === 'openstack');
  for (const provider of providers) {
    for (const image of provider.items('diskimages')) { uploaded(image, loading); }
    for (const label of poolLabels(provider)) { offered(label, loading); }
  }
  duplicates(root, loading.report);
  for (const image of root.items('diskimages')) {
    const parent = image.get('parent');
    if (parent?.isTruthy && loading.allDiskimages.lacks(parent.value)) { undefinedParent(parent, 'validator', loading); }
  }
}

function uploaded(image: Located, loading: Loading): void {
  const name = image.get('name');
  if (!image.isMap) { return; }
  if (name) {
    if (loading.allDiskimages.lacks(name.value)) { loading.notBuilt(name, 'validator', image); }
  } else if (!image.parts.some(([key]) => typeof key === 'object')) {
    const remark = { rule: 'missing-key', at: image, detail: 'name', message: '"name" is missing', remedy: 'give it a name', noValue: true };
    loading.report.refuse('validator', remark);
  }
}

function offered(label: Located, loading: Loading): void {
  const name = label.get('name');
  if (name && loading.labels.lacks(name.value)) { loading.undefinedLabel(name.value, name, label, 'validator'); }
  const image = label.get('diskimage');
  if (image?.isTruthy && loading.allDiskimages.lacks(image.value)) { loading.notBuilt(image, 'validator'); }
}

/** Diskimages that bear the name of an earlier one. */
function duplicates(root: Located, report: Report): void {
  const first = new Map<string, Located>();
  for (const image of root.items('diskimages')) {
    const name = image.get('name');
    if (name?.text === undefined || name.isUnknown) { continue; }
    const before = first.get(name.text);
    if (before) {
      const where = before.place ? `, first at ${describePlace(before.place)}` : '';
      const [message, remedy] = [`diskimage "${name.text}" is defined twice${where}`, 'give every diskimage its own name'];
      report.refuse('validator', { rule: 'duplicate-diskimage', at: name, pathOf: image, message, remedy });
    } else {
      first.set(name.text, name);
    }
  }
}
