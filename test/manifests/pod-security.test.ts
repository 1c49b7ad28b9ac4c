import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';

const pod = (objects: ManifestObject[]) => only(objects, 'Deployment').spec.template.spec;
const context = (objects: ManifestObject[]) => pod(objects).containers[0].securityContext;
const spec = 'spec.template.spec';
const at = `${spec}.containers[launcher]`;

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a pod that may run as root', o => { delete pod(o).securityContext.runAsNonRoot; }, `restricted/non-root ${at}.securityContext.runAsNonRoot`],
  ['a container that runs as root', o => { context(o).runAsNonRoot = false; }, `restricted/non-root ${at}.securityContext.runAsNonRoot`],
  ['user 0', o => { pod(o).securityContext.runAsUser = 0; }, `restricted/non-root ${spec}.securityContext.runAsUser`],
  ['privilege escalation', o => { delete context(o).allowPrivilegeEscalation; }, `restricted/privilege-escalation ${at}.securityContext.allowPrivilegeEscalation`],
  ['capabilities that are kept', o => { delete context(o).capabilities; }, `restricted/capabilities ${at}.securityContext.capabilities.drop`],
  ['capabilities that are added', o => { context(o).capabilities.add = ['NET_BIND_SERVICE', 'SYS_ADMIN']; },
    `restricted/capabilities ${at}.securityContext.capabilities.add`],
  ['no seccomp profile', o => { delete pod(o).securityContext.seccompProfile; }, `restricted/seccomp ${at}.securityContext.seccompProfile.type`],
  ['an unconfined container', o => { context(o).seccompProfile = { type: 'Unconfined' }; }, `restricted/seccomp ${at}.securityContext.seccompProfile.type`],
  ['a privileged container', o => { context(o).privileged = true; }, `restricted/privileged ${at}.securityContext.privileged`],
  ['a path of the host', o => { pod(o).volumes[3] = { name: 'tmp', hostPath: { path: '/tmp' } }; }, `restricted/volume-type ${spec}.volumes[tmp]`],
  ['an NFS volume', o => { pod(o).volumes[3] = { name: 'tmp', nfs: { server: 'x', path: '/' } }; }, `restricted/volume-type ${spec}.volumes[tmp]`],
  ['the network of the host', o => { pod(o).hostNetwork = true; }, `restricted/host-namespace ${spec}.hostNetwork`],
  ['a port of the host', o => { pod(o).containers[0].ports[0].hostPort = 8006; }, `restricted/host-port ${at}.ports[api].hostPort`],
  ['an unmasked /proc', o => { context(o).procMount = 'Unmasked'; }, `restricted/proc-mount ${at}.securityContext.procMount`],
  ['an unsafe sysctl', o => { pod(o).securityContext.sysctls = [{ name: 'kernel.msgmax', value: '1' }]; }, `restricted/sysctl ${spec}.securityContext.sysctls`],
  ['AppArmor switched off', o => { context(o).appArmorProfile = { type: 'Unconfined' }; }, `restricted/apparmor ${at}.securityContext.appArmorProfile.type`],
  ['AppArmor switched off by annotation', o => {
    only(o, 'Deployment').spec.template.metadata.annotations = { 'container.apparmor.security.beta.kubernetes.io/launcher': 'unconfined' };
  }, `restricted/apparmor ${spec}`],
  ['an SELinux type of the host', o => { context(o).seLinuxOptions = { type: 'spc_t' }; }, `restricted/selinux ${at}.securityContext.seLinuxOptions.type`],
  ['an SELinux user', o => { context(o).seLinuxOptions = { user: 'u' }; }, `restricted/selinux ${at}.securityContext.seLinuxOptions`],
  ['a process of a Windows host', o => { context(o).windowsOptions = { hostProcess: true }; }, `restricted/host-process ${at}.securityContext.windowsOptions.hostProcess`],
  ['a probe of another host', o => { pod(o).containers[0].livenessProbe.httpGet.host = '169.254.169.254'; }, `restricted/probe-host ${at}.livenessProbe.host`],
  ['an open init container', o => { delete pod(o).initContainers[0].securityContext.capabilities; },
    `restricted/capabilities ${spec}.initContainers[prepare].securityContext.capabilities.drop`],
  ['an open ephemeral container', o => { pod(o).ephemeralContainers = [{ name: 'debug', image: 'a:1' }]; },
    `restricted/privilege-escalation ${spec}.ephemeralContainers[debug].securityContext.allowPrivilegeEscalation`],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('what restricted allows passes', () => {
  expect(afterEdit(o => {
    context(o).capabilities.add = ['NET_BIND_SERVICE'];
    context(o).seccompProfile = { type: 'Localhost', localhostProfile: 'x.json' };
    context(o).seLinuxOptions = { type: 'container_t', level: 's0:c1' };
    pod(o).securityContext.sysctls = [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }];
    delete pod(o).securityContext.runAsNonRoot;
    for (const container of [...pod(o).containers, ...pod(o).initContainers]) { container.securityContext.runAsNonRoot = true; }
  })).toEqual([]);
});

test('pods of Jobs, CronJobs and of themselves are checked too', () => {
  const bare = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'a:1' }] } };
  const metadata = { name: 'x', namespace: 'sf' };
  const objects: ManifestObject[] = [
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: bare.spec },
    { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: bare } },
    { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template: bare } } } },
  ];
  const violations = afterEdit(o => { o.push(...objects); });
  for (const path of ['spec', 'spec.template.spec', 'spec.jobTemplate.spec.template.spec']) {
    expect(violations).toContain(`restricted/privilege-escalation ${path}.containers[c].securityContext.allowPrivilegeEscalation`);
  }
});
