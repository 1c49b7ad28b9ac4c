import { Located } from '../../located';
import { YamlEnvText } from '../../yaml';
import { findCloudImage, loadCloudImages, loadProviderDiskimages } from '../images';
import { Loading } from '../loading';
import { loadPools } from '../pools';

/** Settings that openstacksdk has for every cloud, and fills in by their names in braces. */
const CLOUD_SETTINGS = [
  'api_timeout', 'auth', 'auth_type', 'baremetal_introspection_status_code_retries', 'baremetal_status_code_retries', 'cacert', 'cert', 'disable_vendor_agent',
  'floating_ip_source', 'image_api_use_tasks', 'image_format', 'image_status_code_retries', 'interface', 'key', 'message', 'network_api_version', 'networks',
  'object_store_api_version', 'region_name', 'secgroup_source', 'status', 'verify',
];
const FIELD = `\\{(?:${CLOUD_SETTINGS.join('|')})`;
const FIELDS = new RegExp(`\\{\\{|\\}\\}|${FIELD}(?:![rsa])?\\}`, 'g');

/** The same with parts of a setting (`{auth[username]}`) and formats (`{region_name:>5}`), which may work. */
const FORMATTED_FIELDS = new RegExp(`${FIELD}(?:\\.[^{}[\\].!:]+|\\[[^{}\\]]+\\])*(?:![rsa])?(?::[^{}]*)?\\}`, 'g');

/** Loads a provider of the openstack driver. */
export function loadOpenstack(provider: Located, loading: Loading): void { loadIt(provider, loading, true); }

/** Loads a provider of the fake driver: the same, but that nobody logs in to the cloud. */
export function loadFake(provider: Located, loading: Loading): void { loadIt(provider, loading, false); }

function loadIt(provider: Located, loading: Loading, validates: boolean): void {
  findCloud(provider, loading, validates);
  formatRegion(provider.get('region-name'), loading);
  loading.float(provider.get('rate'));
  loadProviderDiskimages(provider, loading);
  const cloudImages = loadCloudImages(provider, loading, []);
  loadPools(provider, loading, {
    label: label => {
      const image = label.get('diskimage');
      if (image?.isTruthy) { loading.built(image); }
      findCloudImage(label, cloudImages, loading);
    },
  });
}

/** The cloud that a provider means must be among those of clouds.yaml. */
function findCloud(provider: Located, loading: Loading, validates: boolean): void {
  const { clouds } = loading.options;
  const cloud = provider.get('cloud');
  if (cloud?.isUnknown || (cloud && !loading.hash(cloud))) { return; }
  if (!cloud || cloud.value === null || !cloud.isTruthy) {
    // The only cloud is the default; without a default nobody knows where to log in.
    const none = cloud && cloud.value !== null;
    if (!validates || (!none && (!clouds || clouds.length === 1))) { return; }
    const at = cloud ?? provider;
    loading.report.refuse('loader', {
      rule: 'no-cloud', at, message: 'the provider names no cloud', remedy: 'set "cloud" to the name of an entry in clouds.yaml', noValue: true,
    });
    return;
  }
  if (!clouds || (cloud.text !== undefined && clouds.includes(cloud.text))) { return; }
  loading.fail('unknown-cloud', cloud, `cloud "${cloud.text ?? String(cloud.value)}" is not in clouds.yaml`, `clouds: ${clouds.join(', ') || '(there are none)'}`);
}

/** openstacksdk fills in what stands in braces, and of a map it spells the keys otherwise. */
function formatRegion(region: Located | undefined, loading: Loading): void {
  if (region?.isMap) {
    if (!hasTextKeys(region)) { loading.wrongKind(region, 'a text'); }
    return;
  }
  const text = region?.text;
  const rest = region?.isUnknown ? '' : text?.replace(FIELDS, '') ?? '';
  if (!/[{}]/.test(rest)) { return; }
  const remark = { rule: 'wrong-region', at: region!, message: `"${text}" has braces that openstacksdk tries to fill in`, remedy: 'write the name of a region' };
  if (/[{}]/.test(rest.replace(FORMATTED_FIELDS, ''))) { loading.report.refuse('loader', remark); } else { loading.report.warn(remark); }
}

function hasTextKeys(map: Located): boolean {
  return map.parts.every(([key, part]) => (typeof key === 'string' || key instanceof YamlEnvText) && hasTextKeys(part));
}
