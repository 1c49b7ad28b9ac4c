import { App } from 'cdk8s';
import { imageBuilders } from './chart';
import { checkExample } from '../../test/example';
import { Platform } from 'cdk8s-nodepool';

const external = [
  { kind: 'Namespace', name: 'zuul' },
  { kind: 'Secret', name: 'zookeeper-client-tls', namespace: 'zuul', keys: ['ca.crt', 'tls.crt', 'tls.key'] },
  { kind: 'Secret', name: 'nodepool-providers-secrets', namespace: 'zuul', keys: ['clouds.yaml'] },
  // the Job makes it.
  { kind: 'Secret', name: 'nodepool-builder-ssh-key', namespace: 'zuul', keys: ['priv', 'pub'] },
];

checkExample(__dirname, { kubernetes: (app: App) => imageBuilders(app) }, { external });
checkExample(__dirname, { openshift: (app: App) => imageBuilders(app, { platform: Platform.OPENSHIFT }) }, { external, platform: 'openshift' });
