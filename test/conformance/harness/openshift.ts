import { Manifest } from './kubectl';
import { Context } from './scenario';
import { sleep } from './wait';

/** The user id that pods get. */
export const OPENSHIFT_UID = 1000650000;

/** For the time of a scenario pods of some namespaces get a user of the cluster's choice, if they ask for none, as OpenShift gives it. */
export async function asOnOpenshift({ kubectl, cleanup }: Context, namespaces: readonly string[]): Promise<void> {
  const objects = scc(namespaces);
  cleanup(() => kubectl.delete(objects));
  await kubectl.apply(objects);
  await sleep(3); // the API server reads its policies again now and then
}

/** What the SCC restricted-v2 adds to a pod that asks for no user of its own. The group is left as it is, which is 0 for an unknown user. */
function scc(namespaces: readonly string[]): Manifest[] {
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'restricted-v2' },
      spec: {
        matchConstraints: {
          namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }] },
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        matchConditions: [{ name: 'no-user', expression: '!has(object.spec.securityContext) || !has(object.spec.securityContext.runAsUser)' }],
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [{
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: `Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsUser: ${OPENSHIFT_UID}, fsGroup: ${OPENSHIFT_UID}}}}` },
        }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name: 'restricted-v2' },
      spec: { policyName: 'restricted-v2' },
    },
  ];
}
