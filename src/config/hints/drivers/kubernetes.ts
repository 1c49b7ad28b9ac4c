import { Located } from '../../located';
import { poolLabels } from '../../providers';
import { HintContext, isOpen, ProviderHint } from '../hint';

/** What Kubernetes takes as the name of a namespace or pod. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Hints for the kubernetes driver. */
export const kubernetes: ProviderHint = (provider, context) => family(provider, context, { known: ['pod', 'namespace'], isEmpty: type => type === 'namespace' });

/** Hints for the openshift driver. */
export const openshift: ProviderHint = (provider, context) => family(provider, context, { known: ['pod', 'project'], isEmpty: type => type !== 'pod' });

/** Hints for the openshiftpods driver. */
export const openshiftPods: ProviderHint = (provider, context) => family(provider, context);

/** Types of labels, with those that give an empty namespace or project instead of a pod. */
interface Types {
  readonly known: readonly string[];
  readonly isEmpty: (type: string) => boolean;
}

function family(provider: Located, context: HintContext, types?: Types): void {
  for (const pool of provider.items('pools')) { dnsName(pool.get('name'), 'pool', context); }
  for (const label of poolLabels(provider)) {
    if (!label.isMap || isOpen(label)) { continue; }
    dnsName(label.get('name'), 'label', context);
    devices(label, context);
    if (!types || !isEmpty(label.get('type'), types, context)) { pod(label, context); }
  }
}

function dnsName(name: Located | undefined, what: string, { report }: HintContext): void {
  if (name?.text === undefined || name.isUnknown || (DNS_LABEL.test(name.text) && name.text.length <= 63)) { return; }
  const remedy = 'use small letters, digits and dashes only';
  report.warn({ rule: 'kubernetes-name', at: name, message: `Kubernetes takes no name like that of the ${what} "${name.text}", and launches will fail`, remedy });
}

function devices(label: Located, { report }: HintContext): void {
  const [gpu, resource] = [label.get('gpu'), label.get('gpu-resource')];
  if (Boolean(gpu) === Boolean(resource)) { return; }
  report.warn({ rule: 'gpu', at: (gpu ?? resource)!, message: '"gpu" and "gpu-resource" have no effect without each other', remedy: 'set both' });
}

/** Whether a label gives no pod, or may give none. */
function isEmpty(type: Located | undefined, { known, isEmpty: empty }: Types, { report }: HintContext): boolean {
  if (type?.text === undefined || type.isUnknown) { return true; }
  if (!known.includes(type.text)) {
    const made = empty(type.text) ? 'an empty project' : 'a pod';
    report.warn({ rule: 'label-type', at: type, message: `there is no type "${type.text}"; Nodepool makes ${made}`, remedy: `write ${known.map(name => `"${name}"`).join(' or ')}` });
  }
  return empty(type.text);
}

function pod(label: Located, { report }: HintContext): void {
  const spec = label.get('spec');
  if (spec?.isMap && !spec.isTruthy) {
    report.warn({ rule: 'empty-spec', at: spec, message: 'an empty "spec" is taken for none', remedy: 'write a PodSpec, or "image"', noValue: true });
  } else if (!spec && !label.get('image')) {
    const message = 'launches will fail without "image" or "spec"';
    report.warn({ rule: 'not-launchable', at: label, detail: 'image', message, remedy: 'set "image" or "spec"', noValue: true });
  }
}
