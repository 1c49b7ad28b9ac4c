import { Kubectl } from './kubectl';
import { OUTSIDE, ZUUL } from '../standins/manifests';

const NAMESPACES = [ZUUL, 'nodepool-pods', OUTSIDE];
const DESCRIBED = /^(?:Name|Node|Start Time|Status|IP|Reason|Message|Conditions|Events|Containers|Init Containers|Warning|Normal)|^ {2}(?:[\w-]+:$|Warning|Normal|Type)|State|Reason|Exit Code|Ready|Restart Count|Image:/;

/** The lines of a stack trace but its last, in Nodepool's logs: a dead cloud fills them with these. */
const TRACE = /^[-\d]+ [\d:,]+ ERROR \S+: {3}(?:$| |Traceback|During handling|The above exception)/;

/** Prints what helps to see why a scenario failed: events, pods and the end of their logs. Secrets are never asked for. */
export async function diagnose(kubectl: Kubectl, namespaces: readonly string[] = NAMESPACES): Promise<void> {
  for (const namespace of namespaces) {
    await show(`events of ${namespace}`, () => kubectl.run(['get', 'events', '-n', namespace, '--sort-by=.lastTimestamp', '--field-selector=type=Warning',
      '-o', 'custom-columns=TIME:.lastTimestamp,OBJECT:.involvedObject.name,REASON:.reason,MESSAGE:.message']), 25);
    const pods = await kubectl.list('pods', namespace).catch(() => []);
    for (const pod of pods) {
      const name = pod.metadata.name;
      const ready = pod.status.containerStatuses?.every((status: any) => status.ready);
      if (!ready) {
        await show(`pod ${namespace}/${name}`, async () => (await kubectl.run(['describe', 'pod', '-n', namespace, name])).split('\n').filter(line => DESCRIBED.test(line)).join('\n'), 60);
      }
      await show(`log of ${namespace}/${name}`, async () => {
        const log = await kubectl.run(['logs', '-n', namespace, name, '--all-containers', '--tail=1000']);
        return log.split('\n').filter(line => !TRACE.test(line)).join('\n');
      }, 25);
    }
  }
}

async function show(title: string, text: () => Promise<string>, lines: number): Promise<void> {
  const all = (await text().catch((error: Error) => error.message)).trimEnd().split('\n');
  console.log(`---- ${title}`);
  console.log(all.slice(-lines).map(line => `     ${line.slice(0, 300)}`).join('\n'));
}
