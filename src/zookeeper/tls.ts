import { Construct } from 'constructs';
import { BoundTls } from './bound-tls';
import { addCertificates, certManagerProblems, ZookeeperCertManagerOptions, ZookeeperClient } from './cert-manager';
import { EnsembleNames } from './ensemble';
import { checkSecretName } from '../workload/checks';
import { fail } from '../workload/errors';
import { propsOf, unknownProps } from '../workload/known-props';

/**
 * Options of `ZookeeperTls.existing`: Secrets in the ensemble's namespace with `ca.crt`, `tls.crt` and `tls.key`. The members' keys are RSA or
 * ECDSA, in unencrypted PKCS#8.
 */
export interface ZookeeperExistingTlsOptions {
  /**
   * The members' certificate for clients: for server and client authentication, since the probes are clients too. Its `ca.crt` holds the authorities
   * whose clients are let in; there may be several, and the one that issued this certificate must be among them: the probes show it, and the log of
   * the container `certificates` warns where it is not.
   */
  readonly serverSecret: string;

  /**
   * The members' certificate among themselves, for server and client authentication. Whoever has one of the authorities in its `ca.crt` can become a
   * member, so that they must not be those of the clients.
   */
  readonly quorumSecret: string;

  /** Nodepool's certificate. Its `ca.crt` holds the authorities of the members' certificate. */
  readonly clientSecret: string;
}

/** Where the certificates of an ensemble come from. */
export class ZookeeperTls {
  /**
   * cert-manager makes two authorities in the namespace, one for members and clients on the clients' port and one for the members among
   * themselves, and all certificates.
   *
   * Raises an error for a generation that is no name, none or one twice, for an `issuing` that is not among them, and for durations that do not fit.
   *
   * @param options generations of the authorities, and durations
   */
  public static certManager(options: ZookeeperCertManagerOptions = {}): ZookeeperTls {
    refuse('certManager', certManagerProblems(options));
    return new ZookeeperTls(options, undefined);
  }

  /**
   * Secrets that exist, or that something else makes. The members take a changed one into use without a restart.
   *
   * Raises an error when one is missing, and when the quorum's Secret is one of the others.
   *
   * @param options names of the three Secrets
   */
  public static existing(options: ZookeeperExistingTlsOptions): ZookeeperTls {
    const problems = unknownProps('', options ?? {}, EXISTING);
    for (const prop of EXISTING as (keyof ZookeeperExistingTlsOptions)[]) {
      if (typeof options?.[prop] !== 'string') { problems.push(`'${prop}' is missing; give the name of a Secret with ca.crt, tls.crt and tls.key`); }
    }
    if (options?.quorumSecret !== undefined && [options.serverSecret, options.clientSecret].includes(options.quorumSecret)) {
      problems.push("'quorumSecret' must be a Secret of its own, from authorities that no client's certificate comes from: else each client could become a member");
    }
    refuse('existing', problems);
    return new ZookeeperTls(undefined, { ...options });
  }

  private readonly options?: ZookeeperCertManagerOptions;
  private readonly secrets?: ZookeeperExistingTlsOptions;

  private constructor(certManager?: ZookeeperCertManagerOptions, existing?: ZookeeperExistingTlsOptions) {
    this.options = certManager;
    this.secrets = existing;
  }

  /**
   * Makes what belongs into the manifests.
   *
   * @internal
   */
  public _bind(scope: Construct, names: EnsembleNames, labels: Record<string, string>, clients: readonly ZookeeperClient[]): BoundTls {
    if (!this.secrets) { return addCertificates(scope, names, labels, this.options!, clients); }
    const { serverSecret, quorumSecret, clientSecret } = this.secrets;
    for (const prop of EXISTING as (keyof ZookeeperExistingTlsOptions)[]) { checkSecretName(scope, `tls.${prop}`, this.secrets[prop]); }
    if (clients.length > 0) { fail(scope, "'clients' are made by cert-manager alone; with ZookeeperTls.existing bring their Secrets yourself"); }
    return {
      serverSecret,
      quorumSecret,
      clientSecret,
      clientTrust: [{ secretName: serverSecret, key: 'ca.crt', file: 'ca.crt' }],
      quorumTrust: [{ secretName: quorumSecret, key: 'ca.crt', file: 'ca.crt' }],
      trustOfClients: [],
      clientSecrets: {},
    };
  }
}

const EXISTING = propsOf<ZookeeperExistingTlsOptions>({ serverSecret: true, quorumSecret: true, clientSecret: true });

function refuse(factory: string, problems: string[]): void {
  if (problems.length > 0) { throw new Error(problems.map(problem => `ZookeeperTls.${factory}: ${problem}`).join('\n')); }
}
