import { join, ManifestObject, walk } from './objects';
import { Findings, Manifests, Violation } from './rule';

/** The words that Kubernetes takes, by the end of the path; its published schemas say only "string". */
const WORDS: { at: RegExp; words: string[] }[] = [
  { at: /\.imagePullPolicy$/, words: ['Always', 'IfNotPresent', 'Never'] },
  { at: /\.ports\[\]\.protocol$/, words: ['TCP', 'UDP', 'SCTP'] },
  { at: /\.template\.spec\.restartPolicy$/, words: ['Always', 'OnFailure', 'Never'] },
  { at: /\.initContainers\[\]\.restartPolicy$/, words: ['Always', 'OnFailure', 'Never'] },
  { at: /\.dnsPolicy$/, words: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'] },
  { at: /\.terminationMessagePolicy$/, words: ['File', 'FallbackToLogsOnError'] },
  { at: /\.emptyDir\.medium$/, words: ['Memory', 'HugePages', 'HugePages-1Gi', 'HugePages-2Mi'] },
  { at: /\.accessModes\[\]$/, words: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany', 'ReadOnlyMany'] },
  { at: /\.volumeMode$/, words: ['Filesystem', 'Block'] },
  { at: /\.policyTypes\[\]$/, words: ['Ingress', 'Egress'] },
  { at: /\.pathType$/, words: ['Exact', 'Prefix', 'ImplementationSpecific'] },
  { at: /\.strategy\.type$/, words: ['RollingUpdate', 'Recreate'] },
  { at: /\.updateStrategy\.type$/, words: ['RollingUpdate', 'OnDelete'] },
  { at: /\.podManagementPolicy$/, words: ['OrderedReady', 'Parallel'] },
  { at: /\.persistentVolumeClaimRetentionPolicy\.when(Deleted|Scaled)$/, words: ['Retain', 'Delete'] },
  { at: /\.concurrencyPolicy$/, words: ['Allow', 'Forbid', 'Replace'] },
  { at: /\.whenUnsatisfiable$/, words: ['DoNotSchedule', 'ScheduleAnyway'] },
  { at: /\.unhealthyPodEvictionPolicy$/, words: ['AlwaysAllow', 'IfHealthyBudget'] },
  { at: /\.seccompProfile\.type$/, words: ['RuntimeDefault', 'Localhost', 'Unconfined'] },
  { at: /\.fsGroupChangePolicy$/, words: ['Always', 'OnRootMismatch'] },
  { at: /\.tolerations\[\]\.operator$/, words: ['Exists', 'Equal', 'Lt', 'Gt'] },
  { at: /\.tolerations\[\]\.effect$/, words: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
  { at: /\.matchExpressions\[\]\.operator$/, words: ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] },
  { at: /\.(httpGet|probe)\.scheme$/, words: ['HTTP', 'HTTPS'] },
];
const SERVICE_TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'escalate', 'impersonate', '*'];
const PORTS = /\.(port|containerPort|targetPort|hostPort|nodePort)$/;

/** Words and numbers that the API server checks and the schemas do not. */
export function values(manifests: Manifests): Violation[] {
  const findings = new Findings('values');
  for (const object of manifests.objects.filter(each => !manifests.isCustom(each))) {
    words(object, findings);
    if (object.kind === 'Service') { oneOf(object, 'spec.type', object.spec?.type, SERVICE_TYPES, findings); }
    if (object.kind === 'Secret') { base64(object, findings); }
    for (const rule of object.rules ?? []) {
      for (const verb of rule?.verbs ?? []) { oneOf(object, 'rules.verbs', verb, VERBS, findings); }
    }
    requests(object, findings);
  }
  return findings.violations;
}

function words(object: ManifestObject, findings: Findings): void {
  walk(object, (value, path) => {
    const pattern = `.${join(...path.map(part => part.startsWith('[') ? '[]' : part))}`;
    const known = WORDS.find(({ at }) => at.test(pattern));
    if (known) { oneOf(object, join(...path), value, known.words, findings); }
    if (PORTS.test(pattern) && typeof value === 'number' && (value < 1 || value > 65535)) {
      findings.add(object, join(...path), 'port', value, 'a number from 1 to 65535');
    }
  });
}

function oneOf(object: ManifestObject, path: string, value: unknown, allowed: string[], findings: Findings): void {
  if (value !== undefined && !allowed.includes(value as string)) { findings.add(object, path, 'word', value, `one of ${allowed.join(', ')}`); }
}

function base64(secret: ManifestObject, findings: Findings): void {
  for (const [key, value] of Object.entries(secret.data ?? {})) {
    if (!secret.sops && (typeof value !== 'string' || Buffer.from(value, 'base64').toString('base64') !== value)) {
      findings.add(secret, `data.${key}`, 'base64', value, 'base64; plain text goes to stringData');
    }
  }
}

/** The API server refuses a request above its limit. */
function requests(object: ManifestObject, findings: Findings): void {
  walk(object, (value: any, path) => {
    if (path[path.length - 1] !== 'resources' || typeof value !== 'object' || value === null) { return; }
    for (const [name, request] of Object.entries(value.requests ?? {})) {
      const limit = value.limits?.[name];
      if (limit !== undefined && quantity(request) > quantity(limit)) {
        findings.add(object, join(...path, 'requests', name), 'request', request, `at most the limit, ${limit}`);
      }
    }
  });
}

/** The number that a Kubernetes quantity such as `1500m` or `2Gi` stands for. */
export function quantity(text: unknown): number {
  const [, number, suffix] = /^([-+.\d]+(?:[eE][-+]?\d+)?)([a-zA-Z]*)$/.exec(String(text)) ?? [];
  const power = 'KMGTPE'.indexOf((suffix ?? '').charAt(0).toUpperCase()) + 1;
  if (suffix === 'm') { return Number(number) / 1000; }
  return Number(number) * (suffix?.endsWith('i') ? 1024 : 1000) ** (suffix ? power : 0);
}
