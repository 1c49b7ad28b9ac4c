import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateTexts } from './zookeeper';
import { run } from '../harness/command';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const AUTHORITY = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';
const MEMBER_OR_CLIENT = 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=DNS:zookeeper.example.com\n';

/** Who issues certificates of which cert-manager knows nothing, as a company's own infrastructure does. Its keys are gone with `discard`. */
export class Authority {
  /** One that vouches for itself, as its clients trust it. */
  static async root(name: string): Promise<Authority> {
    const authority = new Authority();
    await authority.openssl('req', '-x509', ...EC, '-days', '2', '-subj', `/CN=${name}`, '-keyout', '@ca.key', '-out', '@ca.crt');
    return authority;
  }

  private readonly directory = mkdtempSync(join(tmpdir(), 'authority-'));
  private readonly below: Authority[] = [];

  /** @param above the authorities between this one and the root, in PEM, the nearest first; this one is the first of them */
  private constructor(private readonly above: readonly string[] = []) {}

  /** Its own certificate. */
  get certificate(): string { return this.text('ca.crt'); }

  /** One that this one vouches for; what it issues is shown with its certificate. */
  async intermediate(name: string): Promise<Authority> {
    const { cert, key } = await this.sign(name, AUTHORITY);
    const authority = new Authority([cert, ...this.above]);
    writeFileSync(join(authority.directory, 'ca.crt'), cert);
    writeFileSync(join(authority.directory, 'ca.key'), key, { mode: 0o600 });
    this.below.push(authority);
    return authority;
  }

  /** A certificate, those between it and the root behind it, with this text to trust. */
  async issue(name: string, ca: string): Promise<CertificateTexts> {
    const { cert, key } = await this.sign(name, MEMBER_OR_CLIENT);
    return { ca, cert: cert + this.above.join(''), key };
  }

  discard(): void {
    for (const authority of this.below) { authority.discard(); }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async sign(name: string, extensions: string): Promise<{ cert: string; key: string }> {
    writeFileSync(join(this.directory, 'ext'), extensions);
    await this.openssl('req', ...EC, '-subj', `/CN=${name}`, '-keyout', '@leaf.key', '-out', '@leaf.csr');
    await this.openssl('x509', '-req', '-in', '@leaf.csr', '-CA', '@ca.crt', '-CAkey', '@ca.key', '-CAcreateserial', '-days', '2',
      '-extfile', '@ext', '-out', '@leaf.crt');
    return { cert: this.text('leaf.crt'), key: this.text('leaf.key') };
  }

  private async openssl(...args: string[]): Promise<void> {
    await run(['openssl', ...args.map(arg => arg.replace(/^@/, `${this.directory}/`))]);
  }

  private text(name: string): string { return readFileSync(join(this.directory, name), 'utf8'); }
}
