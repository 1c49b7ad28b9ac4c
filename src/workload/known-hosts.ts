import { IConstruct } from 'constructs';
import { checkAll, fail } from './errors';

const KEY_TYPE = '(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com)(?:-cert-v01@openssh\\.com)?';
const KNOWN_HOST = new RegExp(`^(?:@(?:cert-authority|revoked) )?(\\S+) ${KEY_TYPE} [A-Za-z0-9+/]{40,}={0,2}(?: .*)?$`);

/**
 * Refuses what ssh would not read as its known hosts, and lines that surely do not name the host that is asked. What was given may be a
 * private key by mistake, so that no message shows it.
 */
export function checkKnownHosts(scope: IConstruct, prop: string, lines: unknown, host: string): void {
  if (!Array.isArray(lines) || lines.length === 0) {
    fail(scope, `'${prop}' must be a list with the host keys of "${host}", as ssh-keyscan prints them: nothing is trusted on first use`);
  }
  checkAll(lines.map((line, index) => () => {
    if (typeof line !== 'string' || !KNOWN_HOST.test(line.trim())) {
      const what = typeof line === 'string' ? `${line.length} characters` : `a value of type ${typeof line}`;
      fail(scope, `'${prop}[${index}]' must be one line of a known_hosts file, such as "${host} ssh-ed25519 AAAA…", as ssh-keyscan prints them, got ${what}`);
    }
  }));
  const names = lines.flatMap((line: string) => KNOWN_HOST.exec(line.trim())![1].split(','));
  // a hashed name or a pattern may stand for any host.
  if (!names.some(name => /[|*?]/.test(name) || name.toLowerCase() === host.toLowerCase())) {
    fail(scope, `'${prop}' has no line for "${host}", which the connection would be refused for; it has lines for ${names.join(', ')}`);
  }
}

/** How known_hosts names a host. */
export function knownHostName(host: string, port?: number): string {
  return port === undefined || port === 22 ? host : `[${host}]:${port}`;
}
