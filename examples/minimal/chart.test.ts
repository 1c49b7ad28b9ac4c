import { minimal } from './chart';
import { checkExample } from '../../test/example';

checkExample(__dirname, { minimal }, {
  external: [
    { kind: 'Namespace', name: 'zuul' },
    { kind: 'Secret', name: 'zookeeper-client-tls', namespace: 'zuul', keys: ['ca.crt', 'tls.crt', 'tls.key'] },
  ],
});
