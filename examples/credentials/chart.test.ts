import { credentials } from './chart';
import { checkExample } from '../../test/example';

checkExample(__dirname, { kubernetes: credentials }, {
  external: [
    { kind: 'Namespace', name: 'zuul' },
    // the file of sops, which is applied beside the manifests.
    { kind: 'Secret', name: 'nodepool-zookeeper-client-tls', namespace: 'zuul', keys: ['ca.crt', 'tls.crt', 'tls.key'] },
  ],
  customKinds: ['external-secrets.io/v1/ExternalSecret', 'generators.external-secrets.io/v1alpha1/SSHKey', 'bitnami.com/v1alpha1/SealedSecret'],
});
