import { containers, describe, ManifestObject, PodTemplate } from './objects';
import { Findings, Manifests, Violation } from './rule';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const CONTROLLERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** Whatever chooses by labels or ports finds what it is meant for. */
export function selectors(manifests: Manifests): Violation[] {
  const findings = new Findings('selectors');
  for (const owner of manifests.ofKind(...CONTROLLERS)) { controller(owner, manifests, findings); }
  for (const service of manifests.ofKind('Service')) { servicePods(service, manifests, findings); }
  for (const budget of manifests.ofKind('PodDisruptionBudget', 'NetworkPolicy')) { podSelector(budget, manifests, findings); }
  for (const monitor of manifests.ofKind('PodMonitor', 'ServiceMonitor')) { monitored(monitor, manifests, findings); }
  for (const route of manifests.ofKind('Ingress', 'HTTPRoute', 'Route')) { backends(route, manifests, findings); }
  for (const pod of manifests.pods) {
    spread(pod, findings);
    namedPorts(pod, findings);
  }
  return findings.violations;
}

/** Whether a LabelSelector chooses something with these labels. */
export function matches(selector: any, labels: Record<string, string> = {}): boolean {
  const byExpression = (selector?.matchExpressions ?? []).every(({ key, operator, values }: any) => {
    switch (operator) {
      case 'In': return values.includes(labels[key]);
      case 'NotIn': return !values.includes(labels[key]);
      case 'Exists': return key in labels;
      case 'DoesNotExist': return !(key in labels);
      default: return false;
    }
  });
  return byExpression && hasAll(labels, selector?.matchLabels ?? {});
}

function hasAll(labels: Record<string, string> | undefined, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

function isEmpty(selector: any): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
}

function podsIn(manifests: Manifests, namespace: string | undefined): PodTemplate[] {
  return manifests.pods.filter(pod => pod.owner.metadata.namespace === namespace);
}

function labelsOf(pods: PodTemplate[]): string {
  return pods.map(pod => `${pod.owner.metadata.name} ${JSON.stringify(pod.metadata.labels ?? {})}`).join('; ') || 'no pods in its namespace';
}

function controller(owner: ManifestObject, manifests: Manifests, findings: Findings): void {
  const { selector } = owner.spec ?? {};
  const own = manifests.pods.filter(pod => pod.owner === owner);
  if (isEmpty(selector) || !own.every(pod => matches(selector, pod.metadata.labels))) {
    findings.add(owner, 'spec.selector', 'template', selector, `labels of its own template: ${labelsOf(own)}`);
    return;
  }
  const others = podsIn(manifests, owner.metadata.namespace).filter(pod => pod.owner !== owner && matches(selector, pod.metadata.labels));
  for (const other of others) {
    findings.add(owner, 'spec.selector', 'overlap', selector, `labels that pods of ${describe(other.owner)} do not have`);
  }
}

/** The labels of each of its pods: a StatefulSet puts the name on them. */
function labelSets({ owner, metadata }: PodTemplate): Record<string, string>[] {
  if (owner.kind !== 'StatefulSet') { return [metadata.labels ?? {}]; }
  return Array.from({ length: owner.spec.replicas ?? 1 }, (_, ordinal) => ({ ...metadata.labels, [POD_NAME]: `${owner.metadata.name}-${ordinal}` }));
}

function servicePods(service: ManifestObject, manifests: Manifests, findings: Findings): void {
  const { selector, ports, type } = service.spec ?? {};
  if (selector === undefined || type === 'ExternalName') { return; }
  const inNamespace = podsIn(manifests, service.metadata.namespace);
  const chosen = inNamespace.filter(pod => labelSets(pod).some(labels => hasAll(labels, selector)));
  if (chosen.length === 0) {
    findings.add(service, 'spec.selector', 'service', selector, `labels of a pod: ${labelsOf(inNamespace)}`);
    return;
  }
  for (const port of ports ?? []) {
    const target = port.targetPort ?? port.port;
    for (const pod of chosen.filter(each => !hasPort(each, target, port.protocol ?? 'TCP'))) {
      findings.add(service, `spec.ports[${port.name ?? port.port}].targetPort`, 'target-port', target, `a port of ${pod.owner.metadata.name}: ${portsOf(pod)}`);
    }
  }
}

function podPorts(pod: PodTemplate): any[] {
  // an init container serves on after its start only as a native sidecar
  return containers(pod).filter(({ type, container }) => type === 'container' || container.restartPolicy === 'Always')
    .flatMap(({ container }) => container.ports ?? []);
}

function hasPort(pod: PodTemplate, wanted: unknown, protocol?: string): boolean {
  return podPorts(pod).some(port => (port.name === wanted || port.containerPort === wanted)
    && (protocol === undefined || (port.protocol ?? 'TCP') === protocol));
}

function portsOf(pod: PodTemplate): string {
  return podPorts(pod).map(port => `${port.name ?? ''} ${port.containerPort}/${port.protocol ?? 'TCP'}`.trim()).join(', ') || 'none declared';
}

/** A policy for pods that the output does not hold, such as a driver's, is only judged beside pods of the output. */
function podSelector(object: ManifestObject, manifests: Manifests, findings: Findings): void {
  const policy = object.kind === 'NetworkPolicy';
  const selector = policy ? object.spec?.podSelector : object.spec?.selector;
  const pods = podsIn(manifests, object.metadata.namespace);
  if (policy && (isEmpty(selector) || pods.length === 0)) { return; }
  if (!pods.some(pod => matches(selector, pod.metadata.labels))) {
    findings.add(object, policy ? 'spec.podSelector' : 'spec.selector', 'pods', selector, `labels of a pod: ${labelsOf(pods)}`);
  }
}

function monitored(monitor: ManifestObject, manifests: Manifests, findings: Findings): void {
  const { selector, namespaceSelector, podMetricsEndpoints, endpoints } = monitor.spec ?? {};
  const namespaces: string[] = namespaceSelector?.matchNames ?? [monitor.metadata.namespace];
  const isNear = (namespace?: string) => namespaceSelector?.any === true || namespaces.includes(namespace!);
  const targets = monitor.kind === 'PodMonitor'
    ? manifests.pods.filter(pod => isNear(pod.owner.metadata.namespace) && matches(selector, pod.metadata.labels))
      .map(pod => podPorts(pod).map(port => port.name))
    : manifests.ofKind('Service').filter(service => isNear(service.metadata.namespace) && matches(selector, service.metadata.labels))
      .map(service => (service.spec?.ports ?? []).map((port: any) => port.name));
  if (targets.length === 0) { findings.add(monitor, 'spec.selector', 'monitor', selector, 'labels of what is there to be scraped'); }
  for (const { port } of podMetricsEndpoints ?? endpoints ?? []) {
    if (port !== undefined && targets.length > 0 && !targets.some(names => names.includes(port))) {
      findings.add(monitor, 'spec', 'monitor', port, `a port by name: ${targets.flat().join(', ')}`);
    }
  }
}

function backends(route: ManifestObject, manifests: Manifests, findings: Findings): void {
  for (const { path, name, namespace, port } of backendsOf(route)) {
    const reference = { kind: 'Service', name, namespace: namespace ?? route.metadata.namespace };
    const service = manifests.find(reference);
    if (service === undefined) {
      if (!manifests.external(reference)) { findings.add(route, path, 'backend', name, 'a Service of the output, or one listed in external'); }
      continue;
    }
    const ports: any[] = service.spec?.ports ?? [];
    const known = ports.flatMap(each => [each.name, route.kind === 'Route' ? each.targetPort : each.port]);
    if (port !== undefined && !known.includes(port)) { findings.add(route, path, 'backend-port', port, `a port of ${name}: ${known.join(', ')}`); }
  }
}

function backendsOf(route: ManifestObject): { path: string; name: string; namespace?: string; port: unknown }[] {
  const spec = route.spec ?? {};
  switch (route.kind) {
    case 'Route':
      return [spec.to, ...spec.alternateBackends ?? []].map(to => ({ path: 'spec.to', name: to?.name, port: spec.port?.targetPort }));
    case 'HTTPRoute':
      return (spec.rules ?? []).flatMap((rule: any) => rule.backendRefs ?? [])
        .map((to: any) => ({ path: 'spec.rules.backendRefs', name: to.name, namespace: to.namespace, port: to.port }));
    default:
      return [spec.defaultBackend, ...(spec.rules ?? []).flatMap((rule: any) => (rule.http?.paths ?? []).map((path: any) => path.backend))]
        .filter(backend => backend?.service)
        .map(({ service }) => ({ path: 'spec.rules', name: service.name, port: service.port?.name ?? service.port?.number }));
  }
}

/** A pod that spreads away from others than itself does not spread. */
function spread(pod: PodTemplate, findings: Findings): void {
  for (const constraint of pod.spec.topologySpreadConstraints ?? []) {
    if (!matches(constraint.labelSelector, pod.metadata.labels) || isEmpty(constraint.labelSelector)) {
      findings.add(pod.owner, `${pod.path}.spec.topologySpreadConstraints`, 'spread', constraint.labelSelector, `labels of the pod: ${labelsOf([pod])}`);
    }
  }
}

/** Probes and hooks name ports of their own container. */
function namedPorts(pod: PodTemplate, findings: Findings): void {
  for (const { container, path } of containers(pod)) {
    const names = (container.ports ?? []).map((port: any) => port.name);
    for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
      const port = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port;
      if (typeof port === 'string' && !names.includes(port)) {
        findings.add(pod.owner, `${path}.${probe}`, 'probe-port', port, `a number, or a port of this container: ${names.join(', ')}`);
      }
    }
  }
}
