import { App, Size, Testing, Yaml } from 'cdk8s';
import { images, staticNodes } from './fixtures';
import { NodepoolStack, SecretSource, ZookeeperSource } from '../src';

/** Prints the manifests of a large stack: a program of its own, so that a test can run it in another environment. */
process.stdout.write(Yaml.stringify(...Testing.synth(new NodepoolStack(new App(), 'ci', {
  namespace: 'ci',
  config: staticNodes(),
  builderConfig: images(),
  zookeeper: ZookeeperSource.managed({ clients: [{ name: 'zuul' }] }),
  providers: SecretSource.plainTextInGit({ 'clouds.yaml': 'ä' }),
  openshiftPods: [{ namespace: 'jobs' }],
  kubernetesDriver: {},
  openshiftDriver: {},
  extraLabels: { I: 'ı'.length.toString(), i: '1' },
  builder: { storage: { expandTo: Size.gibibytes(50) } },
}))));
