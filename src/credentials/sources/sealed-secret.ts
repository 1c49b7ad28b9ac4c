import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { checkEnum } from '../../workload/checks';
import { checkAll, fail } from '../../workload/errors';
import { checkKnownProps, propsOf } from '../../workload/known-props';
import { declared, SecretContents } from '../secret-contents';
import { checkContents, checkSecretKey, SecretKind, SecretRequest, secretType } from '../secret-kind';

/** Options of `SecretSource.sealedSecret`. */
export interface SealedSecretOptions {
  /** The values by the Secret's keys, each as `kubeseal` wrote it under `spec.encryptedData`, or printed it with `--raw`. */
  readonly encryptedData: { [key: string]: string };

  /**
   * What the values were sealed for. It cannot be read from a sealed value: the controller refuses one of another scope.
   *
   * @default SealingScope.STRICT
   */
  readonly scope?: SealingScope;

  /**
   * What the Secret is known to hold, beyond its keys.
   *
   * @default - its keys
   */
  readonly holds?: SecretContents;
}

/** Where a sealed value can be unsealed. */
export enum SealingScope {
  /** In the namespace and under the Secret's name that it was sealed for. */
  STRICT = 'strict',
  /** In the namespace that it was sealed for, under any name. */
  NAMESPACE_WIDE = 'namespace-wide',
  /** Anywhere in the cluster. */
  CLUSTER_WIDE = 'cluster-wide',
}

const OPTIONS = propsOf<SealedSecretOptions>({ encryptedData: true, scope: true, holds: true });

/** What AES-GCM adds to a value. */
const TAG_BYTES = 16;

/** A Secret that the Sealed Secrets controller makes. */
export class SealedSecret implements SecretKind {
  private readonly options: SealedSecretOptions;

  constructor(options: SealedSecretOptions) {
    this.options = { ...options, encryptedData: { ...options?.encryptedData } };
  }

  public check(scope: Construct, { prop }: SecretRequest): SecretContents {
    const { options } = this;
    const keys = Object.keys(options.encryptedData);
    checkAll([
      () => checkKnownProps(scope, prop, options, OPTIONS),
      () => { if (keys.length === 0) { fail(scope, `'${prop}' is a sealedSecret without any key; give at least one sealed value in 'encryptedData'`); } },
      ...keys.map(key => () => {
        checkSecretKey(scope, `${prop}.encryptedData`, key);
        checkSealed(scope, `${prop}.encryptedData.${key}`, options.encryptedData[key]);
      }),
      () => { if (options.scope !== undefined) { checkEnum(scope, `${prop}.scope`, options.scope, SealingScope); } },
      () => checkContents(scope, `${prop}.holds`, options.holds),
    ]);
    return declared({ keys }, options.holds);
  }

  public render(scope: Construct, id: string, request: SecretRequest): { secretName: string; object: ApiObject } {
    const { name, labels, annotations } = request;
    const sealingScope = this.options.scope ?? SealingScope.STRICT;
    // on both: the controller unseals by the one, and what it makes by the other can be sealed again in the same scope.
    const scopes = sealingScope === SealingScope.STRICT ? undefined : { [`sealedsecrets.bitnami.com/${sealingScope}`]: 'true' };
    const object = new ApiObject(scope, id, {
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name, labels, annotations: annotations || scopes ? { ...annotations, ...scopes } : undefined },
      spec: {
        encryptedData: this.options.encryptedData,
        template: { type: secretType(request), metadata: { labels, ...(scopes ? { annotations: scopes } : {}) } },
      },
    });
    return { secretName: name, object };
  }
}

/**
 * Refuses what `kubeseal` did not make: base64 of the length of an RSA ciphertext in two bytes, the ciphertext, and the value under AES-GCM.
 * A value that was only encoded begins with letters, which no RSA key is as long as.
 */
function checkSealed(scope: IConstruct, prop: string, value: unknown): void {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0);
  const isBase64 = typeof value === 'string' && value !== '' && bytes.toString('base64') === value;
  const rsaBytes = bytes.length > 2 ? bytes.readUInt16BE(0) : 0;
  if (!isBase64 || rsaBytes < 128 || rsaBytes > 2048 || bytes.length < 2 + rsaBytes + TAG_BYTES) {
    fail(scope, `'${prop}' is no sealed value; give what kubeseal wrote, in one line of base64 (the value is not shown)`);
  }
}
