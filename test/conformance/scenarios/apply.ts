import { App, Chart } from 'cdk8s';
import { configRepository } from '../../../examples/config-repository/chart';
import { credentials } from '../../../examples/credentials/chart';
import { imageBuilders } from '../../../examples/image-builders/chart';
import { minimal } from '../../../examples/minimal/chart';
import { openshiftPods } from '../../../examples/openshift-pods/chart';
import { production } from '../../../examples/production/chart';
import { zookeeper } from '../../../examples/zookeeper/chart';
import { variants } from '../credentials/variants';
import { synthesized } from '../harness/deployment';
import { Manifest } from '../harness/kubectl';
import { drifts, readBack } from '../harness/readback';
import { provideGround, takeAway } from '../harness/removal';
import { Scenario } from '../harness/scenario';
import { expectEqual, expectThat } from '../harness/wait';
import { Platform, ProvidersSecret, SecretSource } from 'cdk8s-nodepool';

export const apply: Scenario = {
  id: 'apply',
  title: 'every example is accepted, applied again changes nothing, and reads back as it was applied',
  apiOnly: true,
  async run({ cluster, kubectl, deployment, cleanup }) {
    const examples: Record<string, Manifest[]> = {
      'minimal': synthesized(minimal),
      'openshift-pods': synthesized((app: App) => openshiftPods(app, Platform.KUBERNETES)),
      'production': synthesized(production),
      'complete': deployment.manifests(),
      'credentials': synthesized(credentials),
      // where its Job may make a key that no other scenario finds.
      'image-builders': synthesized((app: App) => imageBuilders(app, { namespace: 'image-builders' })),
      'config-repository': synthesized((app: App) => configRepository(app)),
      'zookeeper': synthesized((app: App) => zookeeper(app)),
      'plainTextInGit': synthesized(plainText),
    };
    // they share names and namespaces: one at a time.
    await takeAway(cluster, Object.values(examples).flat());
    let applied: readonly Manifest[] = [];
    cleanup(() => takeAway(cluster, applied, { atOnce: true }));
    const counts: string[] = [];
    for (const [name, objects] of Object.entries(examples)) {
      await provideGround(kubectl, objects);
      applied = objects;
      await kubectl.apply(objects);
      const before = await kubectl.getAll(objects);
      await kubectl.apply(objects);
      const changed = (await kubectl.getAll(objects)).filter((object, index) => changedBy(before[index], object));
      expectEqual(`${name}: changed by applying it again`, changed.map(object => `${object.kind} ${object.metadata.name}`), []);
      const drift = await readBack(kubectl, objects);
      expectThat(drift.length === 0, `${name}: ${drift.length} fields drift:\n${drift.map(each => JSON.stringify(each)).join('\n')}`);
      expectEqual(`${name}: what kubectl diff says`, await kubectl.diff(objects), '');
      counts.push(`${name} ${objects.length}`);
      await takeAway(cluster, objects, { atOnce: true });
      applied = [];
    }
    const filled = Object.values(variants()).flat() as Manifest[];
    await provideGround(kubectl, filled);
    expectEqual('what the schemas of operators change in the ways to fill a Secret', drifts(filled, await kubectl.wouldBe(filled)), []);
    const kinds = [...new Set(filled.map(({ kind }) => kind))].map(kind => `${filled.filter(each => each.kind === kind).length} ${kind}`);
    const { serverVersion } = JSON.parse(await kubectl.run(['version', '-o', 'json']));
    return `Kubernetes ${serverVersion.gitVersion}: objects of ${counts.join(', ')}: accepted, 0 changed by applying them again, 0 fields drift, kubectl diff is empty; `
      + `of every variant of the sources of Secrets ${kinds.join(', ')}: accepted, nothing added`;
  },
};

/** A Secret whose values stand in Git, with what the way through YAML and base64 could change. */
function plainText(app: App): void {
  new ProvidersSecret(new Chart(app, 'plain', { namespace: 'plain' }), 'Providers', {
    source: SecretSource.plainTextInGit({ 'clouds.yaml': 'clouds: {one: {auth: {}}}', 'aws.config': '[default]\r\nregion = \u00e9\t\n\n' }),
  });
}

/** Whether we changed it; its controllers write its status, and the cluster the number of that version. */
function changedBy(before: any, after: any): boolean {
  const ours = ({ status, metadata: { resourceVersion, managedFields, ...metadata }, ...object }: any) => JSON.stringify({ ...object, metadata });
  return ours(before) !== ours(after);
}
