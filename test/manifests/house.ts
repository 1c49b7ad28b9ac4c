import { isDeepStrictEqual } from 'util';
import { containers, join, PodTemplate } from './objects';
import { Findings, Manifests, Violation } from './rule';

const CLUSTERS_OWN = ['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups'];

/** What we ask of our pods beyond what the cluster enforces. */
export function house(manifests: Manifests): Violation[] {
  const findings = new Findings('house');
  const openshift = manifests.options.platform?.toLowerCase() === 'openshift';
  for (const pod of manifests.pods) {
    podFields(pod, findings);
    containerFields(pod, findings);
    if (openshift) { leavesUsersToCluster(pod, findings); }
  }
  for (const account of manifests.ofKind('ServiceAccount')) {
    const automount = account.automountServiceAccountToken;
    if (automount !== false) { findings.add(account, 'automountServiceAccountToken', 'token', automount, 'false; a pod that needs a token says so'); }
  }
  return findings.violations;
}

function podFields(pod: PodTemplate, findings: Findings): void {
  const expected: [field: string, rule: string, good: (value: unknown) => boolean, remedy: string][] = [
    ['automountServiceAccountToken', 'token', value => value === false, 'false; a token that is used is a projected volume'],
    ['enableServiceLinks', 'service-links', value => value === false, 'false: other Services of the namespace are no settings of ours'],
    ['terminationGracePeriodSeconds', 'grace-period', value => typeof value === 'number', 'how long a stopping pod may take'],
  ];
  for (const [field, rule, good, remedy] of expected) {
    if (!good(pod.spec[field])) { findings.add(pod.owner, join(pod.path, 'spec', field), rule, pod.spec[field], remedy); }
  }
}

function containerFields(pod: PodTemplate, findings: Findings): void {
  for (const { container, path, type } of containers(pod)) {
    const add = (field: string, rule: string, value: unknown, remedy: string) => findings.add(pod.owner, `${path}.${field}`, rule, value, remedy);
    const { image, imagePullPolicy, resources, securityContext, livenessProbe, readinessProbe } = container;
    if (!isPinned(image)) { add('image', 'image', image, 'a tag other than latest, or a digest'); }
    if (imagePullPolicy === undefined) { add('imagePullPolicy', 'pull-policy', imagePullPolicy, 'IfNotPresent, written out'); }
    if (securityContext?.readOnlyRootFilesystem !== true) {
      add('securityContext.readOnlyRootFilesystem', 'read-only', securityContext?.readOnlyRootFilesystem, 'true');
    }
    if (type === 'ephemeral') { continue; } // Kubernetes lets them have neither resources nor probes
    for (const [kind, name] of [['requests', 'cpu'], ['requests', 'memory'], ['limits', 'memory']]) {
      if (resources?.[kind]?.[name] === undefined) { add(`resources.${kind}.${name}`, 'resources', undefined, 'a quantity'); }
    }
    if (livenessProbe !== undefined && isDeepStrictEqual(livenessProbe, readinessProbe)) {
      add('livenessProbe', 'probes', livenessProbe, 'another probe than readinessProbe, or what is merely not ready is killed');
    }
  }
}

/** Whether an image names a version: `registry:5000/nodepool` does not. */
function isPinned(image: unknown): boolean {
  if (typeof image !== 'string') { return false; }
  if (image.includes('@')) { return /@sha256:[0-9a-f]{64}$/.test(image); }
  const tag = /:([\w][\w.-]{0,127})$/.exec(image.split('/').pop()!)?.[1];
  return tag !== undefined && tag !== 'latest';
}

/** OpenShift gives each namespace a range of users of its own, and refuses others. */
function leavesUsersToCluster(pod: PodTemplate, findings: Findings): void {
  const contexts = [
    { path: join(pod.path, 'spec'), context: pod.spec.securityContext },
    ...containers(pod).map(({ container, path }) => ({ path, context: container.securityContext })),
  ];
  for (const { path, context } of contexts) {
    for (const field of CLUSTERS_OWN.filter(name => context?.[name] !== undefined)) {
      findings.add(pod.owner, `${path}.securityContext.${field}`, 'openshift-users', context[field], 'no such field: the cluster chooses it');
    }
  }
}
