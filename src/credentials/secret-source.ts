import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkObjectName } from '../workload/checks';
import { checkAll, fail } from '../workload/errors';

/** A Secret that pods can mount, once its source is bound to a place in the tree. */
export interface BoundSecret {
  readonly secretName: string;
  /** The rendered object; absent when the Secret exists already. */
  readonly object?: ApiObject;
  /** The keys that the Secret is known to hold; absent when that is unknown. */
  readonly keys?: string[];
}

/** Where a secret's bytes come from. */
export abstract class SecretSource {
  /**
   * A Secret that exists in the service's namespace, or that something else makes there. Nothing is rendered, and its content is not known.
   *
   * @param name the Secret's name
   */
  public static existing(name: string): SecretSource {
    return new ExistingSecret(name);
  }

  /**
   * A Secret of the same app.
   *
   * @param secret the Secret
   */
  public static fromSecret(secret: kplus.ISecret): SecretSource {
    return new ExistingSecret(secret.name);
  }

  /**
   * Values that are written, readable by anyone, into the manifests and so into Git. For test clusters and for what is no secret.
   *
   * @param data the values by the Secret's keys
   */
  public static plainTextInGit(data: { [key: string]: string }): SecretSource {
    return new PlainTextSecret(data);
  }

  /**
   * @internal
   */
  public abstract _bind(
    scope: Construct, id: string, prop: string, name: string, labels: Record<string, string>, annotations?: Record<string, string>,
  ): BoundSecret;

  /**
   * The values, where the source knows them: for checks only, never for messages.
   *
   * @internal
   */
  public _values(): Record<string, string> {
    return {};
  }
}

class ExistingSecret extends SecretSource {
  constructor(private readonly name: string) { super(); }

  public _bind(scope: Construct, _id: string, prop: string): BoundSecret {
    checkObjectName(scope, prop, this.name);
    return { secretName: this.name };
  }
}

class PlainTextSecret extends SecretSource {
  private readonly data: Record<string, string>;

  constructor(data: { [key: string]: string }) {
    super();
    this.data = { ...data };
  }

  public _bind(
    scope: Construct, id: string, prop: string, name: string, labels: Record<string, string>, annotations?: Record<string, string>,
  ): BoundSecret {
    const keys = Object.keys(this.data);
    if (keys.length === 0) { fail(scope, `'${prop}' is plainTextInGit without any key; give at least one value`); }
    checkAll(keys.map(key => () => {
      if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key) || key === '.' || key.startsWith('..')) {
        fail(scope, `'${prop}' has the key "${key}", which no Secret can have: letters, digits, '-', '_' and '.', at most 253`);
      }
      if (typeof this.data[key] !== 'string') { fail(scope, `'${prop}.${key}' must be a string, got a value of type ${typeof this.data[key]}`); }
    }));
    const object = new ApiObject(scope, id, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels, annotations },
      type: 'Opaque',
      // data, not stringData: the API server keeps only the former, so that what is applied reads back the same.
      data: Object.fromEntries(keys.map(key => [key, Buffer.from(this.data[key], 'utf8').toString('base64')])),
    });
    return { secretName: name, object, keys };
  }

  public _values(): Record<string, string> {
    return this.data;
  }
}
