import { App } from 'cdk8s';
import { complete } from './chart';
import { checkExample } from '../../test/example';
import { Platform } from 'cdk8s-nodepool';

const external = [
  { kind: 'Namespace', name: 'zuul' },
  { kind: 'Secret', name: 'nodepool-providers-secrets', namespace: 'zuul', keys: ['clouds.yaml', 'cloud.yaml'] },
  { kind: 'Secret', name: 'nodepool-builder-ssh-key', namespace: 'zuul', keys: ['priv', 'pub'] },
  { kind: 'Secret', name: 'zookeeper-client-tls', namespace: 'zuul', keys: ['ca.crt', 'tls.crt', 'tls.key'] },
];

checkExample(__dirname, { kubernetes: (app: App) => complete(app) }, { external });
checkExample(__dirname, { openshift: (app: App) => complete(app, { platform: Platform.OPENSHIFT }) }, { external, platform: 'openshift' });
