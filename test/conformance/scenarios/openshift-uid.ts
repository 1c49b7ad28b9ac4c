import { Kubectl, refusedBecause } from '../harness/kubectl';
import { asOnOpenshift, OPENSHIFT_UID } from '../harness/openshift';
import { Context, Scenario } from '../harness/scenario';
import { expectEqual, expectThat, waitFor } from '../harness/wait';
import { Platform } from 'cdk8s-nodepool';

export const openshiftUid: Scenario = {
  id: 'openshift-uid',
  title: 'an arbitrary high user id, as OpenShift gives it, runs every pod of Platform.OPENSHIFT, ssh included',
  async run(context) {
    const { deployment, cleanup } = context;
    await deployment.ready();
    cleanup(() => deployment.ready());
    await asOnOpenshift(context, ['zuul']);
    await refusesOtherIds(context.kubectl);
    return run(context);
  },
};

/** The stand-in for OpenShift is as strict as the SCC: what asks for ids of its own would not run there. */
async function refusesOtherIds(kubectl: Kubectl): Promise<void> {
  const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const admitted = async (ids: object, own: object = {}) => (await kubectl.wouldBe([{
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'asks', namespace: 'zuul' },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...ids },
      containers: [{ name: 'main', image: 'conformance/tools:1', securityContext: { ...restricted, ...own } }],
    },
  }]))[0].spec.securityContext;
  const { runAsUser, fsGroup } = await admitted({});
  expectEqual('the ids of a pod that asks for none', [runAsUser, fsGroup], [OPENSHIFT_UID, OPENSHIFT_UID]);
  for (const [ids, own] of [[{ runAsUser: 1000 }, {}], [{ fsGroup: 1000 }, {}], [{}, { runAsUser: 1000 }]]) {
    const answer = await admitted(ids, own).catch(error => error);
    expectThat(refusedBecause(answer, /security context constraint/), `a pod with ${JSON.stringify([ids, own])} is not refused: ${JSON.stringify(answer)}`);
  }
}

async function run({ kubectl, deployment }: Context): Promise<string> {
  await deployment.ready({ platform: Platform.OPENSHIFT });
  const ids: string[] = [];
  for (const [service, container] of [['launcher', 'launcher'], ['builder', 'nodepool-builder'], ['builder', 'build-logs']] as const) {
    const pod = await deployment.pod(service);
    const id = (await kubectl.exec('zuul', pod.metadata.name, ['sh', '-c', 'echo $(id -u):$(id -g)'], { container })).trim();
    expectEqual(`user and group of ${container}`, id, `${OPENSHIFT_UID}:0`);
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
  return `${ids.join(', ')} run as ${OPENSHIFT_UID}:0, and other ids are refused; ssh to the image-builder machine, a build; ${served.join(', ')}`;
}
