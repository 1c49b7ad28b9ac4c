import { Construct } from 'constructs';
import { fail } from '../workload/errors';

const KEY_TYPE = '(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\\.com)(?:-cert-v01@openssh\\.com)?';
const PUBLIC_KEY = new RegExp(`^${KEY_TYPE} [A-Za-z0-9+/]{40,}={0,2}(?: .*)?$`);
const KNOWN_HOST = new RegExp(`^(?:@(?:cert-authority|revoked) )?(?!#)\\S+ ${KEY_TYPE} [A-Za-z0-9+/]{40,}={0,2}(?: .*)?$`);

/** Marks the key of an authority that signs machines' keys. */
export const AUTHORITY = '@cert-authority ';

/** Refuses what is no public key of ssh. What was given may be a private key by mistake, so that no message shows it. */
export function checkPublicKey(scope: Construct, prop: string, key: unknown): void {
  refusePrivateKey(scope, prop, key, 'the public one (the file that ends in .pub)');
  if (typeof key !== 'string' || !PUBLIC_KEY.test(key.trim())) {
    fail(scope, `'${prop}' must be one ssh public key, such as "ssh-ed25519 AAAA… zuul", got ${size(key)}`);
  }
}

/** Refuses what is no line of a known_hosts file, one that is commented out, and one whose key was cut. */
export function checkKnownHost(scope: Construct, prop: string, line: unknown): void {
  refusePrivateKey(scope, prop, line, 'lines of a known_hosts file, as ssh-keyscan prints them');
  if (typeof line !== 'string' || !KNOWN_HOST.test(line.trim())) {
    fail(scope, `'${prop}' must be one line of a known_hosts file, such as "builder.example.com ssh-ed25519 AAAA…", as ssh-keyscan prints them, got ${size(line)}`);
  }
  const [type, base64] = line.trim().split(' ').slice(line.trim().startsWith('@') ? 2 : 1);
  checkKeyData(scope, prop, type, base64);
}

/** Refuses what is no host key, and one that was cut: ssh would pass over it without a word, and refuse the machine. */
export function checkHostKey(scope: Construct, prop: string, key: unknown): void {
  const text = typeof key === 'string' && key.startsWith(AUTHORITY) ? key.slice(AUTHORITY.length) : key;
  if (typeof text === 'string' && !PUBLIC_KEY.test(text.trim()) && KNOWN_HOST.test(text.trim())) {
    fail(scope, `'${prop}' begins with a host, as ssh-keyscan prints it; give the key alone: "ssh-ed25519 AAAA…"`);
  }
  checkPublicKey(scope, prop, text);
  const [type, base64] = (text as string).trim().split(' ');
  checkKeyData(scope, prop, type, base64);
}

/** Refuses a private key. */
export function refusePrivateKey(scope: Construct, prop: string, value: unknown, instead: string): void {
  if (/PRIVATE KEY|PuTTY-User-Key-File/.test(String(value))) { fail(scope, `'${prop}' holds a private key; give ${instead}`); }
}

/** Refuses a key that ssh would not read. */
function checkKeyData(scope: Construct, prop: string, type: string, base64: string): void {
  const fields = base64.length % 4 === 0 ? fieldsOf(Buffer.from(base64, 'base64')) : undefined;
  // the key names its own type first.
  if (fields === undefined || fields.length < 2 || fields[0].toString('latin1') !== type || !hasItsLength(type, fields)) {
    fail(scope, `'${prop}' is cut or mistyped: what follows ${type} (${base64.length} characters) is no key of that type; copy the line again`);
  }
}

/** Whether a key has as many fields as its type asks for, and its point as many bytes. What is signed is not looked into. */
function hasItsLength(type: string, fields: readonly Buffer[]): boolean {
  const point = { nistp256: 65, nistp384: 97, nistp521: 133 }[/^(?:sk-)?ecdsa-sha2-(nistp\d+)/.exec(type)?.[1] ?? ''];
  if (type.includes('-cert-')) { return true; }
  if (point !== undefined) { return fields.length === (type.startsWith('sk-') ? 4 : 3) && fields[2].length === point; }
  if (type.includes('ed25519')) { return fields.length === (type.startsWith('sk-') ? 3 : 2) && fields[1].length === 32; }
  return fields.length === (type === 'ssh-dss' ? 5 : 3);
}

/** The fields of a key, each with its length before it; absent when they do not fill it. */
function fieldsOf(bytes: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) { return undefined; }
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) { return undefined; }
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function size(value: unknown): string {
  return typeof value === 'string' ? `${value.length} characters in ${value.trim().split('\n').length} lines` : `a value of type ${typeof value}`;
}
