import { NodepoolRole } from '../../check/finding';
import { keyText, Located } from '../../located';
import { describePlace } from '../../problem';
import { words } from '../../python';
import { HintContext, integerOf, ProviderHint, Registered } from '../hint';

const nodes: ProviderHint = (provider, context) => {
  const first = new Map<string, Located>();
  for (const node of provider.items('pools').flatMap(pool => pool.items('nodes'))) {
    if (node.isMap) { hintNode(node, first, context); }
  }
};

function hintNode(node: Located, first: Map<string, Located>, { report }: HintContext): void {
  const labels = node.get('labels');
  if (labels?.text !== undefined && !labels.isUnknown && words(labels.text).length > 1) {
    const message = 'the node is registered under the whole text, so none of these labels gets it';
    report.warn({ rule: 'node-labels', at: labels, message, remedy: `write a list: [${words(labels.text).join(', ')}]` });
  }
  const jobs = node.get('max-parallel-jobs');
  if ((integerOf(jobs) ?? 1) <= 0) {
    report.warn({ rule: 'node-inactive', at: jobs!, message: 'the node is never registered', remedy: 'give a number above 0' });
  }
  const connection = node.get('connection-type');
  if (connection?.text === 'winrm' && !node.get('connection-port') && !node.get('ssh-port')) {
    const message = 'static nodes have port 22 when nothing is said, for winrm too';
    report.warn({ rule: 'winrm-port', at: connection, message, remedy: 'set "connection-port: 5986"' });
  }
  const name = node.get('name');
  if (name?.text === undefined || name.isUnknown) { return; }
  const part = (fallback: string, ...keys: string[]) => keyText(keys.map(key => node.get(key)?.value).find(value => value !== undefined) ?? fallback);
  const identity = [name.text, part('zuul', 'username'), part('22', 'connection-port', 'ssh-port')].join('\n');
  const before = first.get(identity);
  if (!before) {
    first.set(identity, name);
    return;
  }
  const where = before.place ? `, first at ${describePlace(before.place)}` : '';
  const message = `node "${name.text}" is there twice, with one user and one port${where}; it replaces the slots of the first`;
  report.warn({ rule: 'duplicate-node', at: name, pathOf: node, message, remedy: 'list it once, with all its labels and "max-parallel-jobs"' });
}

/** Hints for the static driver. */
export const staticNodes: ReadonlyArray<Registered<ProviderHint>> = [{ role: NodepoolRole.LAUNCHER, hint: nodes }];
