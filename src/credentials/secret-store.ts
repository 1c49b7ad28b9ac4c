import { IConstruct } from 'constructs';
import { checkObjectName } from '../workload/checks';

/** A store of the External Secrets Operator that exists already: what it fetches values from, such as a Vault or another cluster. */
export class SecretStore {
  /**
   * A `SecretStore` in the namespace of the Secret.
   *
   * @param name its name
   */
  public static namespaced(name: string): SecretStore {
    return new SecretStore('SecretStore', name);
  }

  /**
   * A `ClusterSecretStore`, which serves several namespaces.
   *
   * @param name its name
   */
  public static clusterWide(name: string): SecretStore {
    return new SecretStore('ClusterSecretStore', name);
  }

  private readonly kind: string;
  private readonly name: string;

  private constructor(kind: string, name: string) {
    this.kind = kind;
    this.name = name;
  }

  /**
   * Raises an error for what is no name of an object.
   *
   * @internal
   */
  public _check(scope: IConstruct, prop: string): void {
    checkObjectName(scope, prop, this.name);
  }

  /**
   * As an ExternalSecret names it.
   *
   * @internal
   */
  public _ref(): { kind: string; name: string } {
    return { kind: this.kind, name: this.name };
  }
}
