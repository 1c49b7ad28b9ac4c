import { Manifest } from './kubectl';
import { Context } from './scenario';
import { sleep } from './wait';

/** The user id that pods get. */
export const OPENSHIFT_UID = 1000650000;

/** For the time of a scenario pods of some namespaces get ids of the cluster's choice, as on OpenShift, and are refused if they ask for others. */
export async function asOnOpenshift({ kubectl, cleanup }: Context, namespaces: readonly string[]): Promise<void> {
  const objects = scc(namespaces);
  cleanup(() => kubectl.delete(objects));
  await kubectl.apply(objects);
  await sleep(3); // the API server reads its policies again now and then
}

/** The range of OpenShift's ids of one namespace, as expressions have it. */
const IN_RANGE = `>= ${OPENSHIFT_UID} && %s < ${OPENSHIFT_UID + 10000}`;

/** What the SCC restricted-v2 adds to a pod that asks for no ids, and what it refuses. The group stays as it is, 0 for an unknown user. */
function scc(namespaces: readonly string[]): Manifest[] {
  const matchConstraints = {
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }] },
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  };
  const set = (field: string) => `${field}: ${optional(field)}.orValue(${OPENSHIFT_UID})`;
  return [
    ...policy('Mutating', {
      matchConstraints,
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      mutations: [{
        patchType: 'ApplyConfiguration',
        applyConfiguration: { expression: `Object{spec: Object.spec{securityContext: Object.spec.securityContext{${set('runAsUser')}, ${set('fsGroup')}}}}` },
      }],
    }),
    ...policy('Validating', {
      matchConstraints,
      failurePolicy: 'Fail',
      validations: [
        ...['runAsUser', 'fsGroup'].map(field => ({
          expression: inRange(`object.spec.securityContext.${field}`),
          message: `unable to validate against any security context constraint: ${field} is not in the range of the namespace`,
        })),
        ...['containers', 'initContainers'].map(kind => ({
          expression: `!has(object.spec.${kind}) || object.spec.${kind}.all(each, !has(each.securityContext) || !has(each.securityContext.runAsUser) || (${inRange('each.securityContext.runAsUser')}))`,
          message: `unable to validate against any security context constraint: runAsUser in ${kind} is not in the range of the namespace`,
        })),
      ],
    }, { validationActions: ['Deny'] }),
  ];
}

function optional(field: string): string { return `object.spec.?securityContext.?${field}`; }

function inRange(value: string): string { return `${value} ${IN_RANGE.replace('%s', value)}`; }

/** A policy, and that it holds. */
function policy(type: 'Mutating' | 'Validating', spec: object, binding: object = {}): Manifest[] {
  const [apiVersion, metadata] = ['admissionregistration.k8s.io/v1', { name: 'restricted-v2' }];
  return [
    { apiVersion, kind: `${type}AdmissionPolicy`, metadata, spec },
    { apiVersion, kind: `${type}AdmissionPolicyBinding`, metadata, spec: { policyName: metadata.name, ...binding } },
  ];
}
