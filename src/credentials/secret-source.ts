import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { SecretContents } from './secret-contents';
import { BoundSecret, checkRequiredKeys, SecretKind, SecretRequest } from './secret-kind';
import { ExistingSecret } from './sources/existing';
import { ExternalSecret } from './sources/external-secret';
import { ExternalSecretOptions } from './sources/external-secret-options';
import { PlainTextSecret } from './sources/plain-text';
import { SealedSecret, SealedSecretOptions } from './sources/sealed-secret';
import { SopsSecret } from './sources/sops';
import { fail } from '../workload/errors';

/** The Secrets that several parts of a chart use, by their names. */
const shared = new WeakMap<Chart, Map<string, { source: SecretSource; bound: BoundSecret }>>();

/**
 * Where a secret's bytes come from. None of the sources but `plainTextInGit` writes a value into the manifests, and no message shows one.
 *
 * A Secret that is rendered, or that an operator fills, has the name that the part which takes the source documents:
 * `<instance>-providers-secrets`, `<instance>-builder-ssh-key` and so on.
 */
export class SecretSource {
  /**
   * A Secret that exists in the service's namespace, or that something else makes there. Nothing is rendered.
   *
   * Raises an error, when the stack is made, for what is no name of an object.
   *
   * @param name the Secret's name
   * @param holds what it is known to hold; what is not given is not compared with nodepool.yaml
   */
  public static existing(name: string, holds?: SecretContents): SecretSource {
    return new SecretSource(new ExistingSecret(name, holds));
  }

  /**
   * A Secret of the same app.
   *
   * @param secret the Secret
   */
  public static fromSecret(secret: kplus.ISecret): SecretSource {
    return new SecretSource(new ExistingSecret(secret.name));
  }

  /**
   * A Secret that the External Secrets Operator fetches: an ExternalSecret of `external-secrets.io/v1`, which the operator has from 0.16 on.
   *
   * Raises an error, when the stack is made, without a store or anything to fetch, for keys that no Secret can have, and for policies that
   * the operator refuses together.
   *
   * @param options which values of which store
   */
  public static externalSecret(options: ExternalSecretOptions): SecretSource {
    return new SecretSource(new ExternalSecret(options));
  }

  /**
   * A Secret that the Sealed Secrets controller unseals: a SealedSecret with values that `kubeseal` sealed.
   *
   * Sealing is random, so it is done once, outside of the program. In the scopes `strict` and `namespace-wide` a value is bound to the
   * names that it was sealed for: those of the stack.
   *
   * Raises an error, when the stack is made, for a value that is not sealed, without showing it.
   *
   * @param options the sealed values, and their scope
   */
  public static sealedSecret(options: SealedSecretOptions): SecretSource {
    return new SecretSource(new SealedSecret(options));
  }

  /**
   * A Secret in a file that SOPS encrypted and that Flux, or a plugin of Argo CD, decrypts where it is applied. The file stays where it is
   * in Git and nothing is rendered: written again, its MAC would not fit any more.
   *
   * Raises an error, when the stack is made, when the file cannot be read, a value of it is not encrypted, its MAC is missing, or its name,
   * namespace or keys are not the ones that the pods look for.
   *
   * @param file the encrypted manifest, YAML or JSON with one Secret; relative to the working directory
   * @param holds what it is known to hold, beyond its keys
   */
  public static sops(file: string, holds?: SecretContents): SecretSource {
    return new SecretSource(new SopsSecret(file, holds));
  }

  /**
   * Values that are written, readable by anyone, into the manifests and so into Git. For test clusters and for what is no secret.
   *
   * Raises an error, when the stack is made, without any value, and for keys that no Secret can have.
   *
   * @param data the values by the Secret's keys
   */
  public static plainTextInGit(data: { [key: string]: string }): SecretSource {
    return new SecretSource(new PlainTextSecret(data));
  }

  /**
   * A source of another kind.
   *
   * @internal
   */
  public static _of(kind: SecretKind): SecretSource {
    return new SecretSource(kind);
  }

  private readonly kind: SecretKind;

  private constructor(kind: SecretKind) {
    this.kind = kind;
  }

  /**
   * The Secret's name, where it does not depend on who asks for it.
   *
   * @internal
   */
  public get _ownName(): string | undefined { return this.kind.ownName; }

  /**
   * Makes what belongs into the manifests; nothing is made when something is wrong.
   *
   * @internal
   */
  public _bind(scope: Construct, id: string, request: SecretRequest): BoundSecret {
    const contents = this.kind.check(scope, request);
    checkRequiredKeys(scope, request, contents);
    return { ...this.kind.render(scope, id, request), contents };
  }

  /**
   * As `_bind`, once in a chart for all parts that ask for the same Secret.
   *
   * @internal
   */
  public _bindOnce(scope: Construct, request: SecretRequest): BoundSecret {
    const chart = Chart.of(scope);
    const secrets = shared.get(chart) ?? new Map<string, { source: SecretSource; bound: BoundSecret }>();
    shared.set(chart, secrets);
    const before = secrets.get(request.name);
    if (before?.source === this) { return before.bound; }
    if (before?.bound.object) {
      fail(scope, `'${request.prop}' would make the Secret "${request.name}" a second time; give launcher and builder of an instance the same source`);
    }
    const bound = this._bind(chart, `Secret-${request.name}`, request);
    secrets.set(request.name, { source: this, bound });
    return bound;
  }

  /**
   * The values, where the source knows them: for checks only, never for messages.
   *
   * @internal
   */
  public _values(): Record<string, string> {
    return this.kind.values?.() ?? {};
  }
}
