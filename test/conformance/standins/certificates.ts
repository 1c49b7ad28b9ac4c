import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../harness/command';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/**
 * The keys and certificates of one run: made in a directory outside the repository, and gone with it.
 *
 * ca.crt; server and client .crt and .key for ZooKeeper; host-key and builder-key for ssh, each with .pub.
 */
export class Material {
  /** Makes what the directory does not have yet. */
  static async in(directory: string): Promise<Material> {
    const material = new Material(directory);
    if (!existsSync(join(directory, 'complete'))) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      await material.makeCertificates();
      for (const name of ['host-key', 'builder-key']) {
        await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(directory, name)]);
      }
      writeFileSync(join(directory, 'complete'), '');
    }
    return material;
  }

  private constructor(private readonly directory: string) {}

  /** The text of one of its files. */
  text(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }

  /** The line of a known_hosts file for the machine whose key is `host-key`. */
  knownHost(host: string): string {
    const [type, key] = this.text('host-key.pub').split(' ');
    return `${host} ${type} ${key}`;
  }

  private async makeCertificates(): Promise<void> {
    const openssl = (...args: string[]) => run(['openssl', ...args.map(arg => arg.replace(/^@/, `${this.directory}/`))]);
    await openssl('req', '-x509', ...EC, '-days', '2', '-subj', '/CN=conformance CA', '-keyout', '@ca.key', '-out', '@ca.crt');
    for (const [name, names] of [['server', 'DNS:zookeeper.zuul.svc,DNS:localhost,IP:127.0.0.1'], ['client', 'DNS:nodepool']]) {
      writeFileSync(join(this.directory, 'ext'), `subjectAltName=${names}\n`);
      await openssl('req', ...EC, '-subj', `/CN=${name}`, '-keyout', `@${name}.key`, '-out', `@${name}.csr`);
      await openssl('x509', '-req', '-in', `@${name}.csr`, '-CA', '@ca.crt', '-CAkey', '@ca.key', '-CAcreateserial', '-days', '2',
        '-extfile', '@ext', '-out', `@${name}.crt`);
    }
  }
}
