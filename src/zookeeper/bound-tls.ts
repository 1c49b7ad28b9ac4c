/** A certificate of an authority, in a Secret. */
export interface TrustedCertificate {
  readonly secretName: string;
  readonly key: string;
  /** The name of its file among the others. */
  readonly file: string;
}

/** The Secrets of an ensemble. */
export interface BoundTls {
  readonly serverSecret: string;
  readonly quorumSecret: string;
  /** Nodepool's. */
  readonly clientSecret: string;
  readonly clientTrust: TrustedCertificate[];
  readonly quorumTrust: TrustedCertificate[];
  /** What clients must trust where the `ca.crt` of their own Secret is not enough; else empty. */
  readonly trustOfClients: TrustedCertificate[];
  /** Those of further clients, by their names. */
  readonly clientSecrets: { [client: string]: string };
}
