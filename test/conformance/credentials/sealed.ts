import { join } from 'node:path';
import { Check, directory, plainSecret, providers, refused, run, same } from './tools';
import { SealingScope, SecretSource } from '../../../src';
import { objects } from '../../fixtures';
import { only } from '../../manifests';

const VALUES = { 'clouds.yaml': 'clouds: {one: {}}\n', 'aws.config': '' };

/** The real kubeseal seals, we render, and it unseals. */
export function checkSealed(check: Check, kubeseal: string): void {
  const keys = directory();
  const [key, certificate] = [join(keys, 'key.pem'), join(keys, 'cert.pem')];
  const openssl = ['req', '-x509', '-newkey', 'rsa:4096', '-nodes', '-days', '3650', '-subj', '/CN=sealed-secrets', '-keyout', key, '-out', certificate];
  check('kubeseal: a certificate is made', () => run('openssl', openssl));
  const seal = (scope: SealingScope, name: string): Record<string, string> => {
    const secret = plainSecret(VALUES);
    const input = JSON.stringify({ ...secret, metadata: { ...secret.metadata, name } });
    return JSON.parse(run(kubeseal, ['--cert', certificate, '--scope', scope, '--format', 'json'], { input })).spec.encryptedData;
  };
  const unseal = (manifest: unknown): any =>
    JSON.parse(run(kubeseal, ['--recovery-unseal', '--recovery-private-key', key, '--format', 'json'], { input: JSON.stringify(manifest) }));
  const sealed = (scope: SealingScope, encryptedData: Record<string, string>, instanceName?: string) =>
    only(objects(providers(SecretSource.sealedSecret({ encryptedData, scope }), instanceName).chart), 'SealedSecret');

  for (const scope of Object.values(SealingScope)) {
    check(`kubeseal: what we render of ${scope} values unseals to the Secret that the pods look for`, () => {
      const { metadata, type, data } = unseal(sealed(scope, seal(scope, 'nodepool-providers-secrets')));
      same([metadata.name, metadata.namespace, type], ['nodepool-providers-secrets', 'ci', 'Opaque']);
      same(Object.fromEntries(Object.keys(VALUES).map(name => [name, Buffer.from(data[name] ?? '', 'base64').toString()])), VALUES);
    });
  }
  check('kubeseal: strict values of another name do not unseal', () => {
    refused('', () => unseal(sealed(SealingScope.STRICT, seal(SealingScope.STRICT, 'other'))));
  });
  check('kubeseal: cluster-wide values of another name do', () => {
    same(unseal(sealed(SealingScope.CLUSTER_WIDE, seal(SealingScope.CLUSTER_WIDE, 'other'), 'blue')).metadata.name, 'blue-providers-secrets');
  });
  check('kubeseal: values of another scope than the one that is said do not unseal', () => {
    refused('', () => unseal(sealed(SealingScope.CLUSTER_WIDE, seal(SealingScope.STRICT, 'nodepool-providers-secrets'))));
  });
}
