import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApiObject } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checkObjectName } from './checks';
import { fileConfigMap } from './config-map';
import { nodepoolLabels } from './labels';
import { SecretSource } from '../credentials/secret-source';

/** A certificate as everything reads it. */
const PLAIN = /^-----BEGIN CERTIFICATE-----\s[\s\S]*-----END CERTIFICATE-----$/;

/** What holds certificates, once the source is bound to a service. */
export interface BoundCorporateCa {
  /** Set for a ConfigMap. */
  readonly configMapName?: string;
  readonly configMap?: ApiObject;
  /** Set for a Secret, with the keys of it that are mounted. */
  readonly secretName?: string;
  readonly keys?: string[];
}

/** Whose certificates they are to be. */
export interface CorporateCaRequest {
  /** The service's name, which the name of its own ConfigMap begins with. */
  readonly service: string;
  /** Labels of the service. */
  readonly labels: Record<string, string>;
  /** The instance, whose services have one Secret together. */
  readonly instanceName: string;
  readonly extraLabels?: Record<string, string>;
}

/**
 * Certificates of a company's own authorities, for clouds and registries that are signed by them. They are added to the system's ones, for
 * OpenSSL, curl and Python (`requests`, `boto3`, `httplib2`) alike.
 */
export class CorporateCa {
  /**
   * Certificates as PEM text. They are public; a private key among them is an error.
   *
   * Raises an error when the text holds no certificate, or one that cannot be read.
   *
   * @param pem one or more certificates
   */
  public static fromPem(pem: string): CorporateCa {
    return new CorporateCa(certificates('fromPem', pem), undefined);
  }

  /**
   * Certificates from a PEM file, read when the app is synthesized.
   *
   * Raises an error when the file cannot be read or is no PEM.
   *
   * @param path relative to the working directory
   */
  public static fromFile(path: string): CorporateCa {
    let pem: string;
    try {
      pem = readFileSync(path, 'utf8');
    } catch (error) {
      throw new Error(`CorporateCa.fromFile: cannot read "${path}" (${(error as NodeJS.ErrnoException).code}); give a file with PEM certificates`);
    }
    return new CorporateCa(certificates(`fromFile("${path}")`, pem), undefined);
  }

  /**
   * A ConfigMap that exists in the service's namespace, or that something fills there (such as trust-manager). Every key of it that holds
   * PEM certificates counts. The service follows its changes.
   *
   * @param name the ConfigMap's name
   */
  public static fromConfigMapName(name: string): CorporateCa {
    return new CorporateCa(undefined, name);
  }

  /**
   * Certificates in some keys of a Secret, such as `ca.crt` of a CA that cert-manager made, which stands there beside its private key. No
   * other key is mounted. The service follows its changes. A Secret that is rendered, or that an operator makes, is named
   * `<instance>-corporate-ca`.
   *
   * Raises an error without any key, and, when the service is made, when the source is known to lack one.
   *
   * @param source where the Secret comes from
   * @param keys the keys that hold PEM certificates
   */
  public static fromSecret(source: SecretSource, keys: string[]): CorporateCa {
    if (!(source instanceof SecretSource)) {
      throw new Error("CorporateCa.fromSecret: 'source' must be a SecretSource, such as SecretSource.existing('corporate-ca')");
    }
    if (!Array.isArray(keys) || keys.length === 0 || keys.some(key => typeof key !== 'string' || key === '')) {
      throw new Error("CorporateCa.fromSecret: 'keys' must be a list of at least one key, such as ['ca.crt']");
    }
    return new CorporateCa(undefined, undefined, { source, keys: [...keys] });
  }

  /**
   * A ConfigMap of the same app.
   *
   * @param configMap the ConfigMap
   */
  public static fromConfigMap(configMap: kplus.IConfigMap): CorporateCa {
    return new CorporateCa(undefined, configMap.name);
  }

  private readonly pem?: string;
  private readonly configMapName?: string;
  private readonly secret?: { source: SecretSource; keys: string[] };

  private constructor(pem: string | undefined, configMapName: string | undefined, secret?: { source: SecretSource; keys: string[] }) {
    this.pem = pem;
    this.configMapName = configMapName;
    this.secret = secret;
  }

  /**
   * @internal
   */
  public _bind(scope: Construct, { service, labels, instanceName, extraLabels }: CorporateCaRequest): BoundCorporateCa {
    if (this.secret) {
      const { source, keys } = this.secret;
      const { secretName } = source._bindOnce(scope, {
        prop: 'corporateCa', name: `${instanceName}-corporate-ca`, labels: nodepoolLabels('corporate-ca', extraLabels), requiredKeys: keys,
      });
      return { secretName, keys };
    }
    if (this.pem === undefined) {
      checkObjectName(scope, 'corporateCa', this.configMapName);
      return { configMapName: this.configMapName! };
    }
    const name = `${service}-corporate-ca`;
    return { configMapName: name, configMap: fileConfigMap(scope, 'CorporateCa', name, labels, { 'ca.crt': this.pem }, "'corporateCa'") };
  }
}

/** The certificates of a PEM text, one after the other, without the prose between them. */
function certificates(source: string, pem: unknown): string {
  if (typeof pem !== 'string') { throw new Error(`CorporateCa.${source}: needs PEM certificates as text, got a value of type ${typeof pem}`); }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new Error(`CorporateCa.${source}: holds a private key; give the certificates alone`);
  }
  const blocks = pem.match(/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) {
    throw new Error(`CorporateCa.${source}: no PEM certificate found; a PEM certificate begins with "-----BEGIN CERTIFICATE-----"`);
  }
  return blocks.map((block, index) => {
    try {
      const certificate = new X509Certificate(block);
      // the pods read plain ones alone: another spelling, and the trust settings of OpenSSL in it, do not stay.
      return PLAIN.test(block) ? block.trim().replace(/\r\n/g, '\n') + '\n' : certificate.toString();
    } catch {
      throw new Error(`CorporateCa.${source}: certificate ${index + 1} of ${blocks.length} cannot be read; it is cut or not base64 of a certificate`);
    }
  }).join('');
}
