import { Located } from '../../located';
import { poolLabels } from '../../providers';
import { HintContext, isOpen, ProviderHint } from '../hint';

/** What Kubernetes takes as the name of a namespace or pod. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Hints for the kubernetes driver. */
export const kubernetes: ProviderHint = (provider, context) => family(provider, context, 'namespace');

/** Hints for the openshift driver. */
export const openshift: ProviderHint = (provider, context) => family(provider, context, 'project');

/** Hints for the openshiftpods driver. */
export const openshiftPods: ProviderHint = (provider, context) => family(provider, context, undefined);

/** `empty` is the type of labels that get no pod; there is none when all are pods. */
function family(provider: Located, context: HintContext, empty: string | undefined): void {
  for (const pool of provider.items('pools')) { dnsName(pool.get('name'), 'pool', context); }
  for (const label of poolLabels(provider)) {
    if (!label.isMap || isOpen(label)) { continue; }
    dnsName(label.get('name'), 'label', context);
    devices(label, context);
    labelType(label, empty, context);
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

function labelType(label: Located, empty: string | undefined, { report }: HintContext): void {
  const [type, spec, image] = [label.get('type'), label.get('spec'), label.get('image')];
  const isEmpty = empty !== undefined && type?.text === empty;
  if (empty !== undefined && type?.text !== undefined && !type.isUnknown && !['pod', 'namespace', 'project'].includes(type.text)) {
    const acts = empty === 'project' ? 'an empty project' : 'a pod';
    report.warn({ rule: 'label-type', at: type, message: `there is no type "${type.text}"; Nodepool makes ${acts}`, remedy: `write "pod" or "${empty}"` });
    return;
  }
  if (spec?.isMap && !spec.isTruthy) {
    report.warn({ rule: 'empty-spec', at: spec, message: 'an empty "spec" is taken for none', remedy: 'write a PodSpec, or "image"', noValue: true });
  } else if (!isEmpty && type?.text !== 'namespace' && type?.text !== 'project' && !spec && !image) {
    report.warn({ rule: 'not-launchable', at: label, detail: 'image', message: 'launches will fail without "image" or "spec"', remedy: 'set "image" or "spec"', noValue: true });
  }
}
