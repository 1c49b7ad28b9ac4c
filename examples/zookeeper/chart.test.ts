import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { zookeeper } from './chart';
import { checkExample } from '../../test/example';
import { Platform } from 'cdk8s-nodepool';

const options = {
  external: [{ kind: 'Namespace', name: 'zuul' }],
  customKinds: ['cert-manager.io/v1/Certificate', 'cert-manager.io/v1/Issuer'],
};

checkExample(__dirname, { kubernetes: (app: App) => zookeeper(app) }, options);
checkExample(__dirname, { openshift: (app: App) => zookeeper(app, Platform.OPENSHIFT) }, { ...options, platform: 'openshift' });

test('Zuul is told the members as Nodepool is', () => {
  const [, hosts] = /^hosts=(.*)$/m.exec(readFileSync(join(__dirname, 'README.md'), 'utf8'))!;
  expect(hosts.split(',')).toEqual(zookeeper(new App()).zookeeper!.servers);
});
