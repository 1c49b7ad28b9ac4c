import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OwnCluster } from './harness/cluster';

const DEFAULT = join(tmpdir(), 'cdk8s-nodepool-conformance');

const HELP = `A shell with kubectl on the cluster that \`npm run conformance -- --keep\` left. Its exit code is that of the shell.

  npm run conformance:shell [-- DIR]

  DIR  the --state of that run (default ${DEFAULT})
`;

async function main(): Promise<void> {
  const { values: { help }, positionals: [state = DEFAULT, ...more] } = parseArgs({
    options: { help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  });
  if (help) { process.stdout.write(HELP); return; }
  if (more.length > 0) { throw new Error(`one directory at most, got also ${more.join(' ')}; see --help`); }
  const cluster = new OwnCluster(state);
  if (!await cluster.answers()) { throw new Error(`no cluster in ${state}; leave one there by: npm run conformance -- --keep --only ready`); }
  console.log('kubectl is there; try: kubectl get pods -n zuul');
  process.exitCode = await cluster.shell();
}

main().catch(error => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
