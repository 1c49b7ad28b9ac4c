import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';

const pod = (objects: ManifestObject[]) => only(objects, 'Deployment').spec.template.spec;
const launcher = (objects: ManifestObject[]) => pod(objects).containers[0];
const spec = 'spec.template.spec';
const at = `${spec}.containers[launcher]`;

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a root file system that can be written', o => { delete launcher(o).securityContext.readOnlyRootFilesystem; },
    `house/read-only ${at}.securityContext.readOnlyRootFilesystem`],
  ['a token that is mounted', o => { delete pod(o).automountServiceAccountToken; }, `house/token ${spec}.automountServiceAccountToken`],
  ['an account whose token is mounted', o => { only(o, 'ServiceAccount').automountServiceAccountToken = true; }, 'house/token automountServiceAccountToken'],
  ['no memory limit', o => { delete launcher(o).resources.limits; }, `house/resources ${at}.resources.limits.memory`],
  ['no request of an init container', o => { delete pod(o).initContainers[0].resources; }, `house/resources ${spec}.initContainers[prepare].resources.requests.cpu`],
  ['the tag latest', o => { launcher(o).image = 'quay.io/a/b:latest'; }, `house/image ${at}.image`],
  ['no tag', o => { launcher(o).image = 'registry:5000/a/b'; }, `house/image ${at}.image`],
  ['a digest that is cut off', o => { launcher(o).image = 'a@sha256:0123'; }, `house/image ${at}.image`],
  ['no pull policy', o => { delete launcher(o).imagePullPolicy; }, `house/pull-policy ${at}.imagePullPolicy`],
  ['service links', o => { delete pod(o).enableServiceLinks; }, `house/service-links ${spec}.enableServiceLinks`],
  ['no grace period', o => { delete pod(o).terminationGracePeriodSeconds; }, `house/grace-period ${spec}.terminationGracePeriodSeconds`],
  ['a liveness probe that is the readiness probe', o => { launcher(o).livenessProbe = launcher(o).readinessProbe; }, `house/probes ${at}.livenessProbe`],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('on OpenShift the cluster chooses users and groups', () => {
  expect(afterEdit(() => {}, { platform: 'OPENSHIFT' })).toEqual([`house/openshift-users ${spec}.securityContext.runAsUser`]);
  expect(afterEdit(o => { pod(o).securityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }; }, { platform: 'openshift' })).toEqual([]);
  expect(afterEdit(o => { launcher(o).securityContext.runAsGroup = 1; }, { platform: 'openshift' }))
    .toContain(`house/openshift-users ${at}.securityContext.runAsGroup`);
});
