import { App } from 'cdk8s';
import { openshiftPods } from './chart';
import { checkExample } from '../../test/example';
import { Platform } from 'cdk8s-nodepool';

const external = [
  { kind: 'Namespace', name: 'sf' },
  { kind: 'Secret', name: 'zookeeper-client-tls', namespace: 'sf', keys: ['ca.crt', 'tls.crt', 'tls.key'] },
];

checkExample(__dirname, { openshift: openshiftPods }, { external, platform: 'openshift' });
checkExample(__dirname, { kubernetes: (app: App) => openshiftPods(app, Platform.KUBERNETES) }, { external });
