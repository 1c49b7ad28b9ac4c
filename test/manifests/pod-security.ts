import { containers, join, PodContainer, PodTemplate } from './objects';
import { Findings, Manifests, Violation } from './rule';

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/, the profiles baseline and restricted. */
const VOLUME_TYPES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'];
const SELINUX_TYPES = ['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];
const SYSCTLS = [
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_local_reserved_ports', 'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_syncookies', 'net.ipv4.tcp_wmem',
];
const HANDLERS = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle.postStart', 'lifecycle.preStop'];

/** Every pod is let in where Pod Security `restricted` is enforced. */
export function podSecurity(manifests: Manifests): Violation[] {
  const findings = new Findings('restricted');
  for (const pod of manifests.pods) {
    const spec = new Checked(pod, join(pod.path, 'spec'), findings);
    podSpec(pod, spec);
    for (const entry of containers(pod)) { container(pod, entry, new Checked(pod, entry.path, findings)); }
  }
  return findings.violations;
}

/** Reports what is at a path below one place of a pod. */
class Checked {
  constructor(private readonly pod: PodTemplate, private readonly at: string, private readonly findings: Findings) {}

  public rule(path: string, rule: string, value: unknown, good: boolean, remedy: string): void {
    if (!good) { this.findings.add(this.pod.owner, join(this.at, path), rule, value, remedy); }
  }
}

function podSpec(pod: PodTemplate, check: Checked): void {
  const { spec } = pod;
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) { check.rule(field, 'host-namespace', spec[field], !spec[field], 'false or no such field'); }
  for (const volume of spec.volumes ?? []) {
    const type = Object.keys(volume ?? {}).find(key => key !== 'name');
    check.rule(`volumes[${volume?.name}]`, 'volume-type', type, type !== undefined && VOLUME_TYPES.includes(type), `one of ${VOLUME_TYPES.join(', ')}`);
  }
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    check.rule('securityContext.sysctls', 'sysctl', name, SYSCTLS.includes(name), `one of ${SYSCTLS.join(', ')}`);
  }
  securityContext(spec.securityContext ?? {}, check);
  for (const [key, value] of Object.entries(pod.metadata.annotations ?? {})) {
    const good = !key.startsWith('container.apparmor.security.beta.kubernetes.io/') || value === 'runtime/default' || value.startsWith('localhost/');
    check.rule('', 'apparmor', `${key}: ${value}`, good, 'runtime/default or localhost/PROFILE');
  }
}

/** What pods and containers have in common. */
function securityContext(context: any, check: Checked): void {
  const { appArmorProfile, seccompProfile, seLinuxOptions, windowsOptions, runAsNonRoot, runAsUser } = context;
  check.rule('securityContext.appArmorProfile.type', 'apparmor', appArmorProfile?.type,
    [undefined, 'RuntimeDefault', 'Localhost'].includes(appArmorProfile?.type), 'RuntimeDefault, Localhost or no such field');
  check.rule('securityContext.seccompProfile.type', 'seccomp', seccompProfile?.type,
    [undefined, 'RuntimeDefault', 'Localhost'].includes(seccompProfile?.type), 'RuntimeDefault or Localhost');
  check.rule('securityContext.seLinuxOptions.type', 'selinux', seLinuxOptions?.type,
    !seLinuxOptions?.type || SELINUX_TYPES.includes(seLinuxOptions.type), `one of ${SELINUX_TYPES.join(', ')}`);
  check.rule('securityContext.seLinuxOptions', 'selinux', seLinuxOptions, !seLinuxOptions?.user && !seLinuxOptions?.role, 'no user and no role');
  check.rule('securityContext.windowsOptions.hostProcess', 'host-process', windowsOptions?.hostProcess, !windowsOptions?.hostProcess, 'no such field');
  check.rule('securityContext.runAsNonRoot', 'non-root', runAsNonRoot, runAsNonRoot !== false, 'true');
  check.rule('securityContext.runAsUser', 'non-root', runAsUser, runAsUser !== 0, 'another user than 0');
}

function container(pod: PodTemplate, { container: value }: PodContainer, check: Checked): void {
  const context = value.securityContext ?? {};
  const podContext = pod.spec.securityContext ?? {};
  securityContext(context, check);
  check.rule('securityContext.privileged', 'privileged', context.privileged, !context.privileged, 'false or no such field');
  check.rule('securityContext.allowPrivilegeEscalation', 'privilege-escalation', context.allowPrivilegeEscalation,
    context.allowPrivilegeEscalation === false, 'false');
  check.rule('securityContext.capabilities.drop', 'capabilities', context.capabilities?.drop, (context.capabilities?.drop ?? []).includes('ALL'), 'ALL');
  check.rule('securityContext.capabilities.add', 'capabilities', context.capabilities?.add,
    (context.capabilities?.add ?? []).every((name: string) => name === 'NET_BIND_SERVICE'), 'at most NET_BIND_SERVICE');
  check.rule('securityContext.procMount', 'proc-mount', context.procMount, [undefined, 'Default'].includes(context.procMount), 'no such field');
  check.rule('securityContext.runAsNonRoot', 'non-root', context.runAsNonRoot, (context.runAsNonRoot ?? podContext.runAsNonRoot) !== undefined,
    'true here or at the pod');
  const seccomp = context.seccompProfile?.type ?? podContext.seccompProfile?.type;
  check.rule('securityContext.seccompProfile.type', 'seccomp', seccomp, seccomp !== undefined, 'RuntimeDefault here or at the pod');
  for (const port of value.ports ?? []) {
    check.rule(`ports[${port?.name ?? port?.containerPort}].hostPort`, 'host-port', port?.hostPort, !port?.hostPort, 'no such field');
  }
  for (const path of HANDLERS) {
    const handler = path.split('.').reduce((parent, key) => parent?.[key], value);
    const host = handler?.httpGet?.host ?? handler?.tcpSocket?.host;
    check.rule(`${path}.host`, 'probe-host', host, !host, 'no such field: the pod itself is asked');
  }
}
