import { SecretSource } from './secret-source';
import { ExistingSecret } from './sources/existing';
import { GeneratedSshKey, GeneratedSshKeyOptions } from './sources/generated-ssh-key';
import { MadeSshKey, MadeSshKeyOptions } from './sources/made-ssh-key';

/**
 * Where the builder's ssh key comes from: sources for `sshKey` whose Secret holds the keys `priv` and `pub`. Every other `SecretSource` with
 * these two keys will do as well.
 */
export class SshKeyPair {
  /**
   * A Secret that exists, with the keys `priv` and `pub` as `ssh-keygen` writes them.
   *
   * @param secretName the Secret's name
   */
  public static existing(secretName: string): SecretSource {
    return SecretSource._of(new ExistingSecret(secretName, { keys: ['priv', 'pub'] }));
  }

  /**
   * A key that the External Secrets Operator makes in the cluster, once: nobody ever sees it, and none is in Git. It needs the operator's
   * generator `SSHKey`. The Secret is immutable, and stays when the ExternalSecret goes; one that is there already keeps its key.
   *
   * The public key, for the machines that the builder logs in to:
   * `kubectl get secret <instance>-builder-ssh-key -o jsonpath={.data.pub} | base64 -d`.
   *
   * Raises an error, when the builder is made, for a revision that cannot be part of a name, and when the next revision is the present one.
   *
   * @param options revision and comment
   */
  public static generatedByExternalSecrets(options: GeneratedSshKeyOptions = {}): SecretSource {
    return SecretSource._of(new GeneratedSshKey(options));
  }

  /**
   * A key that a Job of ours makes in the cluster, once: nobody ever sees it, none is in Git, and no operator is needed. A Secret that is
   * there already keeps its key; the one that is made is immutable. The builder's pod waits until it is there.
   *
   * The Job's account may create Secrets in the namespace, which Kubernetes cannot limit to a name, and read this one. Under Argo CD the Job
   * is a hook of each sync; under Flux and `kubectl apply` it runs again when it changes. It needs access to the API server.
   *
   * The public key, for the machines that the builder logs in to:
   * `kubectl get secret <instance>-builder-ssh-key -o jsonpath={.data.pub} | base64 -d`.
   *
   * Raises an error, when the builder is made, for a revision that cannot be part of a name, when the next revision is the present one, and
   * in a chart without a namespace.
   *
   * @param options revision, comment and image
   */
  public static madeInCluster(options: MadeSshKeyOptions = {}): SecretSource {
    return SecretSource._of(new MadeSshKey(options));
  }

  private constructor() {}
}
