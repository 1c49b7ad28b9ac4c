import { Kubectl } from './kubectl';

const DESCRIBED = /^(?:Name|Node|Start Time|Status|IP|Reason|Message|Conditions|Events|Containers|Init Containers|Warning|Normal)|^ {2}(?:[\w-]+:$|Warning|Normal|Type)|State|Reason|Exit Code|Ready|Restart Count|Image:/;

/** The lines of a stack trace but its last, in Nodepool's logs: a dead cloud fills them with these. */
const TRACE = /^[-\d]+ [\d:,]+ ERROR \S+: {3}(?:$| |Traceback|During handling|The above exception)/;

/** The cluster's own namespaces. */
const SYSTEM = /^(?:kube|openshift)-/;

/** How many lines of one thing are printed: its end. */
const LINES = 25;

/** Prints what helps to see why a scenario failed: events since it began, pods, and the end of each container's log. Secrets are never asked for. */
export async function diagnose(kubectl: Kubectl, since: Date): Promise<void> {
  const namespaces = await kubectl.list('namespaces').catch(() => []);
  for (const namespace of namespaces.map(({ metadata }) => metadata.name as string).filter(name => !SYSTEM.test(name))) {
    await events(kubectl, namespace, since);
    for (const pod of await kubectl.list('pods', namespace).catch(() => [])) { await diagnosePod(kubectl, namespace, pod); }
  }
}

async function events(kubectl: Kubectl, namespace: string, since: Date): Promise<void> {
  const found = (await kubectl.list('events', namespace).catch(() => []))
    .map(({ type, reason, message, involvedObject, ...event }) => ({ type, text: `${involvedObject.name} ${reason}: ${message}`, time: timeOf(event) }))
    // their times are whole seconds.
    .filter(({ type, time }) => type === 'Warning' && Date.parse(time) >= since.getTime() - 1000)
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  if (found.length > 0) { await show(`events of ${namespace}`, async () => found.map(({ time, text }) => `${time} ${text}`).join('\n'), LINES); }
}

/** When it was seen last; each way of recording events has its own field. */
function timeOf({ series, lastTimestamp, eventTime, metadata }: any): string {
  return series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
}

async function diagnosePod(kubectl: Kubectl, namespace: string, { metadata: { name }, status }: any): Promise<void> {
  const containers: any[] = status.containerStatuses ?? [];
  if (!containers.length || !containers.every(({ ready }) => ready)) {
    const described = async () => (await kubectl.run(['describe', 'pod', '-n', namespace, name])).split('\n').filter(line => DESCRIBED.test(line)).join('\n');
    await show(`pod ${namespace}/${name}`, described, 60);
  }
  for (const container of [...status.initContainerStatuses ?? [], ...containers]) {
    const log = async (...options: string[]) => {
      const text = await kubectl.run(['logs', '-n', namespace, name, '-c', container.name, '--tail=1000', ...options]);
      return text.split('\n').filter(line => !TRACE.test(line)).join('\n');
    };
    const title = `log of ${namespace}/${name} ${container.name}`;
    if (container.restartCount > 0) { await show(`${title}, before its restart`, () => log('--previous'), LINES); }
    await show(title, log, LINES);
  }
}

async function show(title: string, text: () => Promise<string>, lines: number): Promise<void> {
  const all = (await text().catch((error: Error) => error.message)).trimEnd().split('\n');
  console.log(`---- ${title}`);
  console.log(all.slice(-lines).map(line => `     ${line.slice(0, 300)}`).join('\n'));
}
