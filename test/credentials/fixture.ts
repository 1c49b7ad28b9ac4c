import { createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { ProvidersSecret, SecretSource, SecretStore } from '../../src';
import { objects } from '../fixtures';
import { ManifestObject } from '../manifests';

export const VAULT = SecretStore.clusterWide('vault');

let key: ReturnType<typeof generateKeyPairSync> | undefined;

/** A value as kubeseal seals it: an RSA-encrypted session key with its length before it, then the value under AES-GCM. */
export function seal(value: string, label = ''): string {
  key ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  const session = randomBytes(32);
  const wrapped = publicEncrypt({ key: key.publicKey, oaepHash: 'sha256', oaepLabel: Buffer.from(label) }, session);
  const cipher = createCipheriv('aes-256-gcm', session, Buffer.alloc(12));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  return Buffer.concat([length, wrapped, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** A value as sops encrypts it. */
export function encrypt(value: string, type = 'str'): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', randomBytes(32), iv);
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return `ENC[AES256_GCM,data:${data.toString('base64')},iv:${iv.toString('base64')},tag:${cipher.getAuthTag().toString('base64')},type:${type}]`;
}

/** The block that sops adds. */
export function sopsBlock(): Record<string, unknown> {
  return {
    age: [{ recipient: 'age1x', enc: '-----BEGIN AGE ENCRYPTED FILE-----\nx\n-----END AGE ENCRYPTED FILE-----\n' }],
    lastmodified: '2026-01-02T03:04:05Z',
    mac: encrypt('A'.repeat(128)),
    version: '3.13.3',
    encrypted_regex: '^(data|stringData)$',
  };
}

/** An encrypted Secret for the providers. */
export function sopsSecret(values: Record<string, unknown>): Record<string, any> {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'nodepool-providers-secrets', namespace: 'ci' },
    stringData: values,
    sops: sopsBlock(),
  };
}

const directories: string[] = [];
// the conformance scenarios use other functions of this file, without jest.
if (typeof afterAll === 'function') { afterAll(() => directories.forEach(each => rmSync(each, { recursive: true }))); }

/** A file that holds a text, or a value as JSON, until the tests that use it have ended. */
export function file(content: unknown): string {
  const directory = mkdtempSync(join(tmpdir(), 'credentials-'));
  directories.push(directory);
  const path = join(directory, 'secret.yaml');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** The providers' Secret of a source in the namespace `ci`. */
export function providers(source: SecretSource): { part: ProvidersSecret; all: ManifestObject[] } {
  const chart = new Chart(new App(), 'ci', { namespace: 'ci' });
  const part = new ProvidersSecret(chart, 'Providers', { source });
  return { part, all: objects(chart) };
}
