import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cluster, existingCluster, OwnCluster } from './harness/cluster';
import { Deployment } from './harness/deployment';
import { diagnose } from './harness/diagnose';
import { Report } from './harness/report';
import { Scenario } from './harness/scenario';
import { SCENARIOS } from './scenarios';
import { Material } from './standins/certificates';

const HELP = `Runs the conformance scenarios: the complete example with the real Nodepool on a real Kubernetes of one node.

  npm run conformance -- [--only ID]... [--report FILE] [--keep] [--kubernetes 1.28 | --kubeconfig FILE] [--state DIR] [--list]

  --only ID          this scenario alone; may be given several times
  --report FILE      writes the table as JSON, also when scenarios fail
  --keep             leaves the cluster up; npm run conformance:shell looks around in it
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
      kubernetes: { type: 'string' },
      kubeconfig: { type: 'string' },
      state: { type: 'string', default: join(tmpdir(), 'cdk8s-nodepool-conformance') },
      until: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (options.help) { process.stdout.write(HELP); return; }
  if (options.list) { for (const { id, title } of SCENARIOS) { console.log(`${id.padEnd(20)} ${title}`); } return; }

  const wanted = chosen(options.only, options.kubernetes !== undefined);
  const report = new Report(options.report);
  const directory = options.kubeconfig ? mkdtempSync(join(tmpdir(), 'conformance-')) : options.state;
  const own = options.kubeconfig ? undefined : new OwnCluster(options.state, options.kubernetes);
  const end = async (): Promise<void> => {
    if (own && options.keep) { console.log(`The cluster is kept: npm run conformance:shell -- ${options.state}`); return; }
    await own?.down();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('SIGINT', () => { void end().finally(() => process.exit(130)); });
  process.once('SIGTERM', () => { void end().finally(() => process.exit(143)); });
  try {
    if (own && !(await own.answers())) { await own.up(options.keep); }
    const cluster = own ?? existingCluster(options.kubeconfig!);
    const deployment = new Deployment(cluster, await Material.in(join(directory, 'material')));
    for (const scenario of wanted) {
      if (options.until !== undefined && Date.now() / 1000 > Number(options.until)) {
        report.skip(scenario.id);
      } else {
        await runOne(scenario, cluster, deployment, report);
      }
    }
    report.print();
  } finally {
    await end();
  }
  process.exitCode = report.failed ? 1 : 0;
}

async function runOne(scenario: Scenario, cluster: Cluster, deployment: Deployment, report: Report): Promise<void> {
  console.log(`\n${scenario.id}: ${scenario.title}`);
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 100) / 10;
  try {
    const seen = await scenario.run({ cluster, kubectl: cluster.kubectl, deployment });
    report.add({ scenario: scenario.id, ok: true, seen, seconds: seconds() });
  } catch (error) {
    report.add({ scenario: scenario.id, ok: false, seen: error instanceof Error ? error.message : String(error), seconds: seconds() });
    await diagnose(cluster.kubectl);
  }
}

function chosen(only: string[] | undefined, apiOnly: boolean): Scenario[] {
  const unknown = (only ?? []).filter(id => !SCENARIOS.some(scenario => scenario.id === id));
  if (unknown.length > 0) { throw new Error(`no such scenario: ${unknown.join(', ')}; there are ${SCENARIOS.map(each => each.id).join(', ')}`); }
  return SCENARIOS.filter(scenario => (!only || only.includes(scenario.id)) && (!apiOnly || scenario.apiOnly));
}

main().catch(error => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
