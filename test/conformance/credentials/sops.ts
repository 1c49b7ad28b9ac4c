import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { Check, directory, plainSecret, providers, refused, run, same, write } from './tools';
import { SecretSource } from '../../../src';
import { objects } from '../../fixtures';

const VALUES = { 'clouds.yaml': 'clouds: {one: {auth: {password: "s3cret"}}}\n', 'aws.config': '' };
const REGEX = ['--encrypted-regex', '^(data|stringData)$'];

/** Files of the real sops: a good one passes and stays as it is, every other is refused. */
export function checkSops(check: Check, sops: string, ageKeygen: string): void {
  const key = join(directory(), 'key.txt');
  run(ageKeygen, ['-o', key]);
  const recipient = /public key: (age1\w+)/.exec(readFileSync(key, 'utf8'))![1];
  const encrypt = (secret: unknown, name: string, args = REGEX) => {
    const path = write(name, JSON.stringify(secret));
    const type = ['--input-type', 'json', '--output-type', name.endsWith('.json') ? 'json' : 'yaml'];
    return write(name, run(sops, ['--encrypt', '--age', recipient, ...args, ...type, path], { env: { HOME: directory() } }));
  };
  const decrypt = (path: string): any => {
    const type = path.endsWith('.json') ? 'json' : 'yaml';
    return load(run(sops, ['--decrypt', '--input-type', type, '--output-type', type, path], { env: { SOPS_AGE_KEY_FILE: key } }));
  };
  const keysOf = (path: string) => providers(SecretSource.sops(path)).part._contents.keys;

  for (const name of ['secret.yaml', 'secret.json']) {
    check(`sops: an encrypted ${name} passes, is not rendered, and still decrypts`, () => {
      const path = encrypt(plainSecret(VALUES), name);
      const before = readFileSync(path, 'utf8');
      same(keysOf(path), Object.keys(VALUES));
      same(objects(providers(SecretSource.sops(path)).chart), []);
      same(readFileSync(path, 'utf8'), before);
      same(decrypt(path).stringData, VALUES);
    });
  }
  check('sops: values under data pass too', () => {
    const { stringData, ...secret } = plainSecret(VALUES);
    same(keysOf(encrypt({ ...secret, data: { 'clouds.yaml': Buffer.from(stringData['clouds.yaml']).toString('base64') } }, 'secret.yaml')), ['clouds.yaml']);
  });
  check('sops: a MAC over what is encrypted alone passes', () => {
    same(keysOf(encrypt(plainSecret(VALUES), 'secret.yaml', [...REGEX, '--mac-only-encrypted'])), Object.keys(VALUES));
  });

  check('sops: a plain file is refused', () => refused('is not encrypted', () => keysOf(write('secret.yaml', JSON.stringify(plainSecret(VALUES))))));
  check('sops: a file that is encrypted to the last name is refused', () => refused('metadata.name is encrypted', () => keysOf(encrypt(plainSecret(VALUES), 'secret.yaml', []))));
  check('sops: a file with one plain value is refused', () => {
    const half = encrypt(plainSecret(VALUES), 'secret.yaml', ['--encrypted-regex', '^aws']);
    refused('stringData.clouds.yaml is not encrypted', () => keysOf(half));
  });
  check('sops: a value that was added after the encryption is refused', () => {
    const path = encrypt(plainSecret(VALUES), 'secret.yaml');
    const more = readFileSync(path, 'utf8').replace(/^stringData:\n(\s+)/m, 'stringData:\n$1kube.config: plain\n$1');
    refused('stringData.kube.config is not encrypted', () => keysOf(write('secret.yaml', more)));
  });
  check('sops: a number is refused', () => refused('was encrypted as int', () => keysOf(encrypt(plainSecret({ port: 5 }), 'secret.yaml'))));
  check('sops: the decrypted file is refused', () => {
    const path = encrypt(plainSecret(VALUES), 'secret.yaml');
    refused('is not encrypted', () => keysOf(write('secret.yaml', JSON.stringify(decrypt(path)))));
  });
}
