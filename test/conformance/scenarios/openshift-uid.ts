import { Manifest } from '../harness/kubectl';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat, sleep, waitFor } from '../harness/wait';
import { Platform } from 'cdk8s-nodepool';

const UID = 1000650000;

/** What the SCC restricted-v2 adds to a pod that asks for no user of its own. The group is left as it is, which is 0 for an unknown user. */
const SCC: Manifest[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'restricted-v2' },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'zuul' } },
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      matchConditions: [{ name: 'no-user', expression: '!has(object.spec.securityContext) || !has(object.spec.securityContext.runAsUser)' }],
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      mutations: [{
        patchType: 'ApplyConfiguration',
        applyConfiguration: { expression: `Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsUser: ${UID}, fsGroup: ${UID}}}}` },
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

export const openshiftUid: Scenario = {
  id: 'openshift-uid',
  title: 'an arbitrary high user id, as OpenShift gives it, runs every pod of Platform.OPENSHIFT, ssh included',
  async run({ kubectl, deployment }) {
    await deployment.ready();
    try {
      await kubectl.apply(SCC);
      await sleep(3); // the API server reads its policies again now and then
      await deployment.ready({ platform: Platform.OPENSHIFT });
      const ids: string[] = [];
      for (const [service, container] of [['launcher', 'launcher'], ['builder', 'nodepool-builder'], ['builder', 'build-logs']] as const) {
        const pod = await deployment.pod(service);
        const id = (await kubectl.exec('zuul', pod.metadata.name, ['sh', '-c', 'echo $(id -u):$(id -g)'], { container })).trim();
        expectEqual(`user and group of ${container}`, id, `${UID}:0`);
        ids.push(container);
      }
      const ssh = await kubectl.exec('zuul', 'nodepool-builder-0', ['ssh', 'image-builder.outside.svc', 'hostname'], { container: 'nodepool-builder' });
      expectThat(ssh.startsWith('image-builder-'), `ssh says ${ssh}`);
      const earlier = (await deployment.readyImage()).id;
      await kubectl.exec('zuul', 'nodepool-builder-0', ['nodepool', 'image-build', 'debian-bookworm'], { container: 'nodepool-builder' });
      await waitFor('another image is built', 120, async () => (await deployment.readyImage()).id !== earlier, 2);
      const served: string[] = [];
      for (const label of ['pod', 'server']) {
        const { nodes, seconds } = await deployment.nodes([label]);
        await deployment.giveBack(nodes);
        served.push(`a ${label} in ${seconds} s`);
      }
      return `${ids.join(', ')} run as ${UID}:0; ssh to the image-builder machine, a build; ${served.join(', ')}`;
    } finally {
      await kubectl.delete(SCC);
      await deployment.ready();
    }
  },
};
