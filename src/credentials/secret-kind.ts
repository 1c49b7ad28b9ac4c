import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { SecretContents } from './secret-contents';
import { fail } from '../workload/errors';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { ServicePod } from '../workload/service-pod';

/** What a part needs of a Secret. */
export interface SecretRequest {
  /** The prop that the source was given by, for messages. */
  readonly prop: string;
  /** The Secret's name where it is ours to give, and the one that a file must have. */
  readonly name: string;
  readonly labels: Record<string, string>;
  /** Annotations of what is rendered. */
  readonly annotations?: Record<string, string>;
  /** Absent: Opaque. */
  readonly type?: string;
  /** Whether a Secret of another type will not do. */
  readonly typeMatters?: boolean;
  /** Keys that the pods cannot do without. */
  readonly requiredKeys?: readonly string[];
  /** The pod that it is for, where a Job that makes it may run as that pod does. */
  readonly pod?: ServicePod;
}

/** A Secret that pods can mount, once its source is bound to a place in the tree. */
export interface BoundSecret {
  readonly secretName: string;
  /** The object that is rendered, or that makes the Secret in the cluster; absent when nothing is rendered. */
  readonly object?: ApiObject;
  /** What the Secret is known to hold. */
  readonly contents: SecretContents;
}

/** One way to come by a Secret. */
export interface SecretKind {
  /** The Secret's name, where it does not depend on who asks. */
  readonly ownName?: string;

  /** The values, where they are known: for checks alone, never for messages. */
  values?(): Record<string, string>;

  /** Refuses what is wrong before anything is made, and says what the Secret will hold. */
  check(scope: Construct, request: SecretRequest): SecretContents;

  /** Makes what belongs into the manifests. */
  render(scope: Construct, id: string, request: SecretRequest): { secretName: string; object?: ApiObject };
}

/** The type that a Secret gets. */
export function secretType(request: SecretRequest): string {
  return request.type ?? 'Opaque';
}

/** Refuses a Secret that lacks what the pods need, where its keys are known. */
export function checkRequiredKeys(scope: IConstruct, { prop, requiredKeys = [] }: SecretRequest, { keys }: SecretContents): void {
  if (keys && requiredKeys.some(key => !keys.includes(key))) {
    fail(scope, `'${prop}' needs the keys ${sentence(requiredKeys)}, got ${keys.map(key => `"${key}"`).join(', ') || 'none'}`);
  }
}

/** Refuses a key that no Secret can have, without showing it: a value may have been given in its place. */
export function checkSecretKey(scope: IConstruct, prop: string, key: string): void {
  if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key) || key === '.' || key.startsWith('..')) {
    fail(scope, `'${prop}' has a key that no Secret can have, of ${key.length} characters; it is not shown, as it may be a value: `
      + "a key is letters, digits, '-', '_' and '.', at most 253, and not first '..'");
  }
}

/** Refuses what is no map by the Secret's keys. */
export function checkSecretMap(scope: IConstruct, prop: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    fail(scope, `'${prop}' must be a map by the Secret's keys, got ${Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`}`);
  }
}

/** A list or map that the user's later changes do not reach; anything else is refused later. */
export function copied<T>(value: T): T {
  if (Array.isArray(value)) { return [...value] as T; }
  return typeof value === 'object' && value !== null ? { ...value } : value;
}

const CONTENTS = propsOf<SecretContents>({ keys: true, clouds: true, contexts: true, awsProfiles: true });

/** Refuses what does not say what a Secret holds. A name is no secret, but what was given in its place may be. */
export function checkContents(scope: IConstruct, prop: string, contents: SecretContents | undefined): void {
  checkKnownProps(scope, prop, contents, CONTENTS);
  for (const [kind, names] of Object.entries(contents ?? {}).filter(([, value]) => value !== undefined)) {
    if (!Array.isArray(names) || names.some(name => typeof name !== 'string' || name === '')) {
      fail(scope, `'${prop}.${kind}' must be a list of names`);
    }
  }
}

function sentence(names: readonly string[]): string {
  const quoted = names.map(name => `"${name}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted[quoted.length - 1]}`;
}
