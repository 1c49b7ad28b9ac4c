import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnCluster } from './harness/cluster';

// A shell with kubectl on the cluster that `npm run conformance -- --keep` left: npm run conformance:shell [-- DIR]
async function main(): Promise<void> {
  const state = process.argv[2] ?? join(tmpdir(), 'cdk8s-nodepool-conformance');
  const cluster = new OwnCluster(state);
  if (!await cluster.answers()) { throw new Error(`no cluster in ${state}; leave one there by: npm run conformance -- --keep --only ready`); }
  console.log('kubectl is there; try: kubectl get pods -n zuul');
  await cluster.shell();
}

main().catch(error => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
