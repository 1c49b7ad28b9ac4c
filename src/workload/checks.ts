import { isIP } from 'node:net';
import { posix } from 'node:path';
import { IConstruct } from 'constructs';
import { checkAll, fail } from './errors';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** The name of a Service: a DNS label of RFC 1035. */
const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const QUALIFIED_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const QUANTITY = /^\+?(\d+(\.\d*)?|\.\d+)(([KMGTPE]i)|[numkMGTPE]|[eE][-+]?\d+)?$/;

/** The longest instance name: `<instance>-builder-zuul-spare-key` and pod names with their hash must fit in 63 characters. */
const INSTANCE_NAME_MAX = 32;

/** Refuses what Kubernetes refuses as the name of a namespace. */
export function checkNamespace(scope: IConstruct, prop: string, value: unknown): void {
  if (typeof value !== 'string' || value.length > 63 || !DNS_LABEL.test(value)) {
    fail(scope, `'${prop}' must be a namespace's name (at most 63 of a-z, 0-9 and '-', first and last a letter or digit), got ${shown(value)}`);
  }
}

/** Refuses what Kubernetes refuses as the name of a Secret, a ConfigMap, a PriorityClass or a StorageClass. */
export function checkObjectName(scope: IConstruct, prop: string, value: unknown): void {
  if (typeof value !== 'string' || value.length > 253 || !DNS_SUBDOMAIN.test(value)) {
    fail(scope, `'${prop}' must be an object's name (at most 253 of a-z, 0-9, '-' and '.', first and last a letter or digit), got ${shown(value)}`);
  }
}

/** Refuses what is no name of a Secret, without showing it: a value may have been given in its place. */
export function checkSecretName(scope: IConstruct, prop: string, value: unknown): void {
  if (typeof value !== 'string' || value.length > 253 || !DNS_SUBDOMAIN.test(value)) {
    const what = typeof value === 'string' ? `a text of ${value.length} characters, which is not shown: it may be a value` : `a value of type ${typeof value}`;
    fail(scope, `'${prop}' must be a Secret's name (at most 253 of a-z, 0-9, '-' and '.', first and last a letter or digit), got ${what}`);
  }
}

/** The instance name becomes part of every object's name, Services' among them, so it is held shorter than Kubernetes' own limit. */
export function checkInstanceName(scope: IConstruct, value: unknown): void {
  if (typeof value !== 'string' || value.length > INSTANCE_NAME_MAX || !SERVICE_NAME.test(value)) {
    fail(scope, `'instanceName' must be at most ${INSTANCE_NAME_MAX} of a-z, 0-9 and '-', first a letter, last a letter or digit, got ${shown(value)}`);
  }
}

/** Refuses labels that the API server would refuse, and those that we select pods by. */
export function checkLabels(scope: IConstruct, prop: string, labels: Record<string, string>, reserved: string[] = []): void {
  checkAll(entries(scope, prop, labels).map(([key, value]) => () => {
    checkQualifiedKey(scope, prop, key);
    if (reserved.includes(key)) {
      fail(scope, `'${prop}' must not set "${key}": the Service and the workload select their pods by it; use another key`);
    }
    if (typeof value !== 'string' || value.length > 63 || !LABEL_VALUE.test(value)) {
      fail(scope, `'${prop}.${key}' must be a label value (at most 63 letters, digits, '-', '_' and '.', first and last a letter or digit), got ${shown(value)}`);
    }
  }));
}

/** Refuses annotations that the API server would refuse. */
export function checkAnnotations(scope: IConstruct, prop: string, annotations: Record<string, string>): void {
  checkAll(entries(scope, prop, annotations).map(([key, value]) => () => {
    checkQualifiedKey(scope, prop, key);
    if (typeof value !== 'string') {
      fail(scope, `'${prop}.${key}' must be a string, got ${shown(value)}; quote it`);
    }
  }));
}

/** Refuses names that a container cannot have as environment variable. */
export function checkEnvName(scope: IConstruct, prop: string, name: string): void {
  if (!ENV_NAME.test(name)) {
    fail(scope, `'${prop}' has ${shown(name)}, which is no name of an environment variable: letters, digits, '_', '-' and '.', not first a digit`);
  }
}

/** Refuses what is no Kubernetes quantity, such as "10 GB" or "1,5". */
export function checkQuantity(scope: IConstruct, prop: string, value: unknown): void {
  if (typeof value !== 'string' || !QUANTITY.test(value)) {
    fail(scope, `'${prop}' must be a quantity such as "500m", "4" or "10Gi", got ${shown(value)}`);
  }
}

/** Refuses fractions, negative numbers and what is no number. */
export function checkCount(scope: IConstruct, prop: string, value: unknown, limits: { least?: number; most?: number } = {}): void {
  const least = limits.least ?? 0;
  const most = limits.most ?? Number.MAX_SAFE_INTEGER;
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    const range = limits.most === undefined ? `${least} or more` : `from ${least} to ${most}`;
    fail(scope, `'${prop}' must be a whole number, ${range}, got ${shown(value)}`);
  }
}

/** Refuses what is neither true nor false: a text, "false" too, would count as true. */
export function checkBoolean(scope: IConstruct, prop: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') { fail(scope, `'${prop}' must be true or false, got ${shown(value)}`); }
}

/** Refuses what is none of an enum's values, as only languages without types let through. */
export function checkEnum(scope: IConstruct, prop: string, value: unknown, allowed: { [name: string]: string }): void {
  const values = Object.values(allowed);
  if (!values.includes(value as string)) {
    fail(scope, `'${prop}' must be one of ${values.map(each => `"${each}"`).join(', ')}, got ${shown(value)}`);
  }
}

/** Refuses what is no list, as only languages without types let through. What is in it may be secret. */
export function checkList(scope: IConstruct, prop: string, value: unknown): void {
  if (value !== undefined && value !== null && !Array.isArray(value)) { fail(scope, `'${prop}' must be a list, got a value of type ${typeof value}`); }
}

/** Refuses what Kubernetes refuses as the name of a container or a volume. */
export function checkPartName(scope: IConstruct, prop: string, value: string): void {
  if (value.length > 63 || !DNS_LABEL.test(value)) {
    fail(scope, `'${prop}' must be a name (at most 63 of a-z, 0-9 and '-', first and last a letter or digit), got ${shown(value)}`);
  }
}

/** Refuses what is no host name and no IP address: a scheme, a port or a path does not belong there. */
export function checkHost(scope: IConstruct, prop: string, value: unknown): void {
  if (typeof value !== 'string' || !isHost(value)) {
    fail(scope, `'${prop}' must be a host name or an IP address, without scheme and port, got ${shown(value)}`);
  }
}

/** Refuses what is no absolute path, what Kubernetes does not take as mount path, and a second spelling of a path: rules compare them as text. */
export function checkPath(scope: IConstruct, prop: string, value: unknown): void {
  if (typeof value !== 'string' || !value.startsWith('/') || value.includes(':') || value.split('/').includes('..')) {
    fail(scope, `'${prop}' must be an absolute path without ':' and '..', got ${shown(value)}`);
  }
  const normalized = posix.normalize(value).replace(/\/$/, '');
  if (normalized === '') { fail(scope, `'${prop}' must be a path below "/", got ${shown(value)}`); }
  if (normalized !== value) {
    fail(scope, `'${prop}' must be written without '//', '/./' and a slash at the end, got ${shown(value)}; write ${shown(normalized)}`);
  }
}

/** Whether a path is a directory or lies below it; both as `checkPath` takes them. */
export function isWithin(path: string, directory: string): boolean {
  return `${path}/`.startsWith(`${directory}/`);
}

/** Whether it is a host name or an IP address: no scheme, no port, no path. */
export function isHost(value: string): boolean {
  // in this order: Node's own test of addresses takes milliseconds the first time.
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\.?$/.test(value) || isIP(value) !== 0;
}

/** How an address looks in an error: without user and password, which may hold any character, and without query and fragment, which may be tokens. */
export function shownAddress(address: unknown): string {
  if (typeof address !== 'string') { return `a value of type ${typeof address}`; }
  return shown(address.replace(/^([A-Za-z][-+.A-Za-z0-9]*:\/\/)?[^]*@/, '$1…@').replace(/([?#])[^]*$/, '$1…'));
}

/** How a value looks in an error: as JSON, cut when long. Never call it with what may be secret. */
export function shown(value: unknown): string {
  if (value === undefined) { return 'nothing'; }
  if (typeof value === 'number' || typeof value === 'bigint') { return String(value); }
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The entries of a map; a list or a string is none, though JavaScript would count its elements. */
function entries(scope: IConstruct, prop: string, map: Record<string, string>): [string, string][] {
  if (typeof map !== 'object' || Array.isArray(map)) { fail(scope, `'${prop}' must be a map of strings, got ${shown(map)}`); }
  return Object.entries(map);
}

function checkQualifiedKey(scope: IConstruct, prop: string, key: string): void {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = slash < 0 ? key : key.slice(slash + 1);
  const good = QUALIFIED_NAME.test(name) && name.length <= 63 && (prefix === undefined || (DNS_SUBDOMAIN.test(prefix) && prefix.length <= 253));
  if (!good) {
    fail(scope, `'${prop}' has the key ${shown(key)}: a key is [prefix/]name, the name at most 63 letters, digits, '-', '_' and '.', the prefix a DNS name`);
  }
}
