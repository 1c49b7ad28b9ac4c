// What a stack with one image-builder machine renders for ssh and Ansible, as JSON on stdout.
//   npx tsx --tsconfig tsconfig.dev.json test/conformance/dib-ansible/render.ts '{"host": …}' PLAYBOOKS
import { App, Testing } from 'cdk8s';
import { Diskimages, NodepoolConfig, NodepoolStack, Playbooks, ZookeeperSource } from '../../../src';

const [machine, playbooks] = process.argv.slice(2);
const manifests = Testing.synth(new NodepoolStack(new App(), 'ci', {
  namespace: 'ci',
  config: new NodepoolConfig({ diskimages: [Diskimages.ansible({ name: 'debian', playbook: 'image.yaml' })] }),
  zookeeper: ZookeeperSource.external({ servers: ['zk.example.com:2281'], tlsSecret: 'zookeeper-client-tls' }),
  builder: { imageBuilders: [JSON.parse(machine)], playbooks: Playbooks.fromDirectory(playbooks) },
}));
const data = (name: string) => manifests.find(object => object.kind === 'ConfigMap' && object.metadata.name === name).data;
const volumes = manifests.find(object => object.kind === 'StatefulSet').spec.template.spec.volumes;
const { items } = volumes.find((volume: any) => volume.name === 'playbooks').configMap;
process.stdout.write(JSON.stringify({
  ssh: data('nodepool-builder-ssh'),
  inventory: data('nodepool-builder-inventory'),
  command: data('nodepool-builder-dib-ansible'),
  playbooks: Object.fromEntries(items.map(({ key, path }: any) => [path, data('nodepool-builder-playbooks')[key]])),
}));
