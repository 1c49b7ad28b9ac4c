import { App } from 'cdk8s';
import { production } from './chart';
import { checkExample } from '../../test/example';
import { Platform } from 'cdk8s-nodepool';

const external = [
  { kind: 'Namespace', name: 'zuul' },
  { kind: 'PriorityClass', name: 'ci-services' },
  { kind: 'StorageClass', name: 'fast' },
  { kind: 'ConfigMap', name: 'corporate-ca-certs', namespace: 'zuul' },
  { kind: 'Secret', name: 'registry-credentials', namespace: 'zuul' },
  { kind: 'Secret', name: 'nodepool-providers-secrets', namespace: 'zuul', keys: ['clouds.yaml', 'aws.config', 'cloud.yaml'] },
  { kind: 'Secret', name: 'nodepool-builder-ssh-key', namespace: 'zuul', keys: ['priv', 'pub'] },
  { kind: 'Secret', name: 'zookeeper-client-tls', namespace: 'zuul', keys: ['ca.crt', 'tls.crt', 'tls.key'] },
];

checkExample(__dirname, { kubernetes: production }, { external });
checkExample(__dirname, { openshift: (app: App) => production(app, Platform.OPENSHIFT) }, { external, platform: 'openshift' });
