import { NodepoolRole } from '../../check/finding';
import { Located } from '../../located';
import { poolLabels } from '../../providers';
import { HintContext, isOpen, ProviderHint, Registered } from '../hint';
import { checkPodSpec } from '../pod-spec';

/** What Kubernetes takes somewhere as a name. */
interface NameRule {
  readonly test: RegExp;
  readonly remedy: string;
}

/** The name of a namespace or of a container. */
const DNS_LABEL: NameRule = { test: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, remedy: 'use small letters, digits and dashes only' };

/** The name of a pod. */
const DNS_SUBDOMAIN: NameRule = {
  test: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, remedy: 'use small letters, digits, dashes and dots only',
};

/** The value of a label, which every object bears for the label of Nodepool. */
const LABEL_VALUE: NameRule = { test: /^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/, remedy: 'use letters, digits, dashes, underscores and dots only' };

/** Types of labels, with those that give an empty namespace or project instead of a pod. */
interface Types {
  readonly known: readonly string[];
  readonly isEmpty: (type: string) => boolean;
}

/** Hints for the kubernetes driver. */
export const kubernetes = family({ known: ['pod', 'namespace'], isEmpty: type => type === 'namespace' });

/** Hints for the openshift driver. */
export const openshift = family({ known: ['pod', 'project'], isEmpty: type => type !== 'pod' });

/** Hints for the openshiftpods driver. */
export const openshiftPods = family();

function family(types?: Types): ReadonlyArray<Registered<ProviderHint>> {
  const hint: ProviderHint = (provider, context) => {
    for (const pool of provider.items('pools')) { checkName(pool.get('name'), 'pool', DNS_LABEL, context); }
    for (const label of poolLabels(provider)) {
      if (label.isMap && !isOpen(label)) { hintLabel(label, context, types); }
      const spec = label.get('spec');
      if (spec?.isMap) { checkPodSpec(spec, context.report); }
    }
  };
  return [{ role: NodepoolRole.LAUNCHER, hint }];
}

function hintLabel(label: Located, context: HintContext, types: Types | undefined): void {
  devices(label, context);
  if (types && isEmpty(label.get('type'), types, context)) {
    checkName(label.get('name'), 'label', LABEL_VALUE, context);
    return;
  }
  pod(label, context);
  // a container that Nodepool makes bears the name too.
  checkName(label.get('name'), 'label', label.get('spec')?.isTruthy ? DNS_SUBDOMAIN : DNS_LABEL, context);
}

function checkName(name: Located | undefined, what: string, { test, remedy }: NameRule, { report }: HintContext): void {
  if (name?.text === undefined || name.isUnknown) { return; }
  const { text } = name;
  const fits = text.length <= 63;
  if (fits && test.test(text)) { return; }
  const message = `Kubernetes takes no name like that of the ${what} "${text}", and launches will fail`;
  report.warn({ rule: 'kubernetes-name', at: name, message, remedy: fits ? remedy : 'use at most 63 characters' });
}

function devices(label: Located, { report }: HintContext): void {
  const [gpu, resource] = [label.get('gpu'), label.get('gpu-resource')];
  if (!gpu && !resource) { return; }
  if (!gpu || !resource) {
    report.warn({ rule: 'gpu', at: (gpu ?? resource)!, message: '"gpu" and "gpu-resource" have no effect without each other', remedy: 'set both' });
  } else if (!gpu.isTruthy) {
    report.warn({ rule: 'gpu', at: gpu, message: 'a "gpu" of 0 is the same as none', remedy: 'give a number above 0.0, or leave "gpu" and "gpu-resource" out' });
  } else if (!resource.isTruthy) {
    report.warn({ rule: 'gpu', at: resource, message: 'an empty "gpu-resource" is the same as none', remedy: 'name a resource, such as nvidia.com/gpu' });
  }
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
  } else if (!spec && !label.get('image')?.isTruthy) {
    const message = 'launches will fail without "image" or "spec"';
    report.warn({ rule: 'not-launchable', at: label, detail: 'image', message, remedy: 'set "image" or "spec"', noValue: true });
  }
}
