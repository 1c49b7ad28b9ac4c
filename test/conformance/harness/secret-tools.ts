import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './command';
import { Manifest } from './kubectl';

/** The real programs by which people encrypt or seal a Secret, made when the cache lacks them. */
export class SecretTools {
  static async make(): Promise<SecretTools> {
    const script = join(dirname(__dirname), 'parts', 'secret-tools.sh');
    const [age, sops, kubeseal] = (await run(['bash', script], { timeout: 1200 })).trim().split(' ');
    return new SecretTools(join(age, 'age-keygen'), join(sops, 'sops'), join(kubeseal, 'kubeseal'));
  }

  private constructor(private readonly ageKeygen: string, private readonly sops: string, private readonly kubeseal: string) {}

  /** Calls something with the path of the Secret's file, encrypted by sops with a new age key, and with what decrypts it. */
  async withEncrypted<T>(secret: Manifest, use: (file: string, decrypt: () => Promise<string>) => Promise<T>): Promise<T> {
    const directory = mkdtempSync(join(tmpdir(), 'sops-'));
    try {
      const [key, file] = [join(directory, 'key.txt'), join(directory, 'providers.sops.json')];
      await run([this.ageKeygen, '-o', key]);
      const recipient = /public key: (age1\w+)/.exec(readFileSync(key, 'utf8'))![1];
      const env = { ...process.env, SOPS_AGE_KEY_FILE: key };
      writeFileSync(file, JSON.stringify(secret), { mode: 0o600 });
      await run([this.sops, '--encrypt', '--in-place', '--age', recipient, '--encrypted-regex', '^(data|stringData)$', file], { env });
      return await use(file, () => run([this.sops, '--decrypt', file], { env }));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  /** The Secret's values, sealed for the controller of this certificate. */
  async seal(secret: Manifest, certificate: string): Promise<Record<string, string>> {
    const directory = mkdtempSync(join(tmpdir(), 'kubeseal-'));
    try {
      const file = join(directory, 'cert.pem');
      writeFileSync(file, certificate);
      return JSON.parse(await run([this.kubeseal, '--cert', file, '--format', 'json'], { input: JSON.stringify(secret) })).spec.encryptedData;
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}
