import { configRepository } from './chart';
import { checkExample } from '../../test/example';

checkExample(__dirname, { 'config-repository': configRepository }, {
  external: [
    { kind: 'Namespace', name: 'zuul' },
    { kind: 'Secret', name: 'zookeeper-client-tls', namespace: 'zuul', keys: ['ca.crt', 'tls.crt', 'tls.key'] },
    { kind: 'Secret', name: 'config-repository', namespace: 'zuul', keys: ['identity', 'known_hosts'] },
    { kind: 'Secret', name: 'nodepool-providers-secrets', namespace: 'zuul' },
    { kind: 'Secret', name: 'nodepool-builder-ssh-key', namespace: 'zuul', keys: ['priv', 'pub'] },
  ],
});
