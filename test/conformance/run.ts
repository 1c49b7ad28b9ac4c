import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attempt } from './harness/attempt';
import { endKept, existingGround, Ground, ownGrounds } from './harness/ground';
import { Report } from './harness/report';
import { Scenario } from './harness/scenario';
import { SCENARIOS } from './scenarios';

const HELP = `Runs the conformance scenarios: the complete example with the real Nodepool on a real Kubernetes of one node.

  npm run conformance -- [--only ID]... [--report FILE] [--keep] [--clusters N | --kubernetes 1.28 | --kubeconfig FILE] [--state DIR] [--list]

  --only ID          this scenario alone; may be given several times
  --report FILE      writes the table as JSON, also when scenarios fail
  --keep             leaves the cluster up; npm run conformance:shell looks around in it
  --down             ends the cluster that --keep left up, and does nothing else
  --clusters N       shares the scenarios out among so many clusters, one of them after the other on each; most of a scenario is waiting (default 1).
                     Those that measure seconds come last, with the machine for themselves
  --kubernetes 1.28  an API server of that version alone, for the scenarios that need no more (${SCENARIOS.filter(each => each.apiOnly).map(each => each.id).join(', ')})
  --kubeconfig FILE  a cluster that exists, with the images that the manifests name; it should be an empty one
  --state DIR        where the cluster's state is; one that --keep left there is used again
  --until SECONDS    begins no scenario after this time (seconds since 1970); those left count as skipped
  --list             the scenarios

Needs root on Debian, unless --kubeconfig is given. The exit code is 1 where a scenario failed.
`;

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      report: { type: 'string' },
      keep: { type: 'boolean', default: false },
      down: { type: 'boolean', default: false },
      clusters: { type: 'string', default: '1' },
      kubernetes: { type: 'string' },
      kubeconfig: { type: 'string' },
      state: { type: 'string', default: join(tmpdir(), 'cdk8s-nodepool-conformance') },
      until: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (options.kubeconfig && (options.clusters !== '1' || options.kubernetes !== undefined || options.keep)) {
    throw new Error('--kubeconfig names a cluster that exists: it excludes --clusters, --kubernetes and --keep');
  }
  if (options.help) { process.stdout.write(HELP); return; }
  if (options.list) { for (const { id, title } of SCENARIOS) { console.log(`${id.padEnd(26)} ${title}`); } return; }
  if (options.down) { await endKept(options.state); return; }

  if (options.until !== undefined && !/^\d+$/.test(options.until)) { throw new Error(`--until must be seconds since 1970, got ${options.until}`); }
  const wanted = chosen(options.only, options.kubernetes !== undefined);
  const grounds = options.kubeconfig ? [existingGround(options.kubeconfig)] : ownGrounds(Math.min(clusterCount(options), wanted.length), options);
  const report = new Report(options.report, wanted.map(scenario => scenario.id));
  const end = () => Promise.all(grounds.map(ground => ground.end()));
  process.once('SIGINT', () => { void end().finally(() => process.exit(130)); });
  process.once('SIGTERM', () => { void end().finally(() => process.exit(143)); });
  try {
    const late = () => options.until !== undefined && Date.now() / 1000 > Number(options.until);
    const pending = options.only ? [] : wanted.filter(scenario => scenario.pending !== undefined);
    for (const { id, pending: reason } of pending) { report.skip(id, reason!); }
    await shareOut(wanted.filter(scenario => !pending.includes(scenario)), grounds, report, late);
    report.print();
  } finally {
    await end();
  }
  process.exitCode = report.failed ? 1 : 0;
}

/**
 * Runs each scenario once. The first cluster takes them from the front, the others from the end: neighbours share what they need. Those that want
 * the machine for themselves come last.
 */
async function shareOut(wanted: readonly Scenario[], grounds: readonly Ground[], report: Report, late: () => boolean): Promise<void> {
  const together = wanted.filter(scenario => !scenario.alone);
  const alone = wanted.filter(scenario => scenario.alone);
  const work = async (ground: Ground, left: Scenario[], next: () => Scenario | undefined) => {
    while (left.length > 0) {
      const scenario = next()!;
      if (late()) { report.skip(scenario.id, 'there is no time left for it'); continue; }
      console.log(`\n${scenario.id}: ${scenario.title}`);
      await attempt(scenario, ground, report);
    }
  };
  const workers: Promise<void>[] = [];
  const [first, ...others] = grounds;
  // one after the other: the first makes what the cache lacks.
  await first.begin();
  workers.push(work(first, together, () => together.shift()));
  for (const ground of others) {
    if (together.length === 0) { break; }
    await ground.begin();
    workers.push(work(ground, together, () => together.pop()).then(() => ground.end()));
  }
  await Promise.all(workers);
  await work(first, alone, () => alone.shift());
}

function clusterCount({ clusters, keep, kubernetes }: { clusters: string; keep: boolean; kubernetes?: string }): number {
  if (!/^[1-9]$/.test(clusters)) { throw new Error(`--clusters must be a number from 1 to 9, got ${clusters}`); }
  if (clusters !== '1' && (keep || kubernetes !== undefined)) { throw new Error('--clusters goes neither with --keep nor with --kubernetes: those are about one cluster'); }
  return Number(clusters);
}

function chosen(only: string[] | undefined, apiOnly: boolean): Scenario[] {
  const unknown = (only ?? []).filter(id => !SCENARIOS.some(scenario => scenario.id === id));
  if (unknown.length > 0) { throw new Error(`no such scenario: ${unknown.join(', ')}; there are ${SCENARIOS.map(each => each.id).join(', ')}`); }
  const asked = SCENARIOS.filter(scenario => !only || only.includes(scenario.id));
  const tooMuch = only && apiOnly ? asked.filter(scenario => !scenario.apiOnly).map(scenario => scenario.id) : [];
  if (tooMuch.length > 0) { throw new Error(`${tooMuch.join(', ')} need more than an API server, which is all that --kubernetes brings`); }
  return asked.filter(scenario => !apiOnly || scenario.apiOnly);
}

main().catch(error => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
