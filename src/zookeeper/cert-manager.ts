import { ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { BoundTls, TrustedCertificate } from './bound-tls';
import { EnsembleNames } from './ensemble';
import { KEEP } from '../workload/annotations';
import { shown } from '../workload/checks';
import { propsOf, unknownProps } from '../workload/known-props';
import { plain } from '../workload/plain';

const API = 'cert-manager.io/v1';

/** Options of `ZookeeperTls.certManager`. */
export interface ZookeeperCertManagerOptions {
  /**
   * The generations of the two authorities whose certificates are trusted, each a name of at most 8 of a-z and 0-9. A new generation has new
   * keys: to change them, add one here, then make it `issuing`, then take the old one out, each when the members are ready again.
   *
   * @default ['1']
   */
  readonly generations?: string[];

  /**
   * The generation that issues the certificates of members and clients. One of `generations`.
   *
   * @default - the first of `generations`
   */
  readonly issuing?: string;

  /**
   * How long certificates of members and clients are valid. At least an hour.
   *
   * @default Duration.days(90)
   */
  readonly duration?: Duration;

  /**
   * How long before its end a certificate is renewed. Less than `duration`.
   *
   * @default - a third of `duration`
   */
  readonly renewBefore?: Duration;

  /**
   * How long the authorities' certificates are valid. They are renewed with the same key when a fifth is left. Clients learn the new one with the
   * next renewal of their own, after `duration` less `renewBefore`, so that a fifth must be longer than that, by ten minutes; and more than
   * `duration`.
   *
   * @default Duration.days(3650)
   */
  readonly caDuration?: Duration;
}

/** A client of the ensemble beside Nodepool, such as Zuul. */
export interface ZookeeperClient {
  /** Its name, at most 20 of a-z, 0-9 and '-'. The Secret with its certificate is `<instance>-zookeeper-<name>-tls`. */
  readonly name: string;

  /**
   * Labels of that Secret.
   *
   * @default - cert-manager's own
   */
  readonly secretLabels?: { [key: string]: string };

  /**
   * Annotations of that Secret, such as those by which a replicator copies it into another namespace.
   *
   * @default - cert-manager's own
   */
  readonly secretAnnotations?: { [key: string]: string };
}

/** An authority's certificate is renewed when one of so many parts is left. */
const CA_PARTS = 5;
/** Until a renewed Secret is in the pods: cert-manager's and the kubelet's minutes. */
const DELIVERY_SECONDS = 600;

const OPTIONS = propsOf<ZookeeperCertManagerOptions>({ generations: true, issuing: true, duration: true, renewBefore: true, caDuration: true });

/** The options with their defaults. */
function resolved(options: ZookeeperCertManagerOptions) {
  const generations = options.generations ?? ['1'];
  const duration = options.duration ?? Duration.days(90);
  return {
    generations,
    issuing: options.issuing ?? generations[0],
    duration,
    renewBefore: options.renewBefore ?? Duration.seconds(Math.floor(duration.toSeconds() / 3)),
    caDuration: options.caDuration ?? Duration.days(3650),
  };
}

/** What is wrong with the options, all of it. */
export function certManagerProblems(options: ZookeeperCertManagerOptions): string[] {
  if (typeof options !== 'object' || options === null) { return [`needs a map of options or nothing, got ${shown(options)}`]; }
  const problems = unknownProps('', options, OPTIONS);
  for (const prop of ['duration', 'renewBefore', 'caDuration'] as const) {
    if (options[prop] !== undefined && typeof options[prop]?.toSeconds !== 'function') {
      problems.push(`'${prop}' must be a Duration, such as Duration.days(90), got ${shown(options[prop])}`);
    }
  }
  if (options.generations !== undefined && (!Array.isArray(options.generations) || options.generations.length === 0)) {
    problems.push(`'generations' must be a list of at least one name, such as ['1'], got ${shown(options.generations)}`);
  }
  if (problems.length > 0) { return problems; }
  const { generations, issuing, duration, renewBefore, caDuration } = resolved(options);
  for (const generation of generations.filter(each => typeof each !== 'string' || !/^[a-z0-9]{1,8}$/.test(each))) {
    problems.push(`'generations' must be names of 1 to 8 of a-z and 0-9, got ${shown(generation)}`);
  }
  const twice = generations.find((generation, index) => generations.indexOf(generation) !== index);
  if (twice !== undefined) { problems.push(`'generations' has ${shown(twice)} twice; name each once`); }
  if (!generations.includes(issuing)) {
    problems.push(`'issuing' must be one of 'generations' (${generations.map(shown).join(', ')}), since what it issues must be trusted, got ${shown(issuing)}`);
  }
  if (duration.toSeconds() < 3600) { problems.push(`'duration' must be at least an hour, which is cert-manager's own limit, got ${duration.toSeconds()} seconds`); }
  if (renewBefore.toSeconds() < 300 || renewBefore.toSeconds() >= duration.toSeconds()) {
    problems.push(`'renewBefore' must be at least 5 minutes and less than 'duration' (${duration.toSeconds()} seconds), got ${renewBefore.toSeconds()} seconds`);
  }
  if (caDuration.toSeconds() <= duration.toSeconds()) {
    problems.push(`'caDuration' must be more than 'duration' (${duration.toSeconds()} seconds), got ${caDuration.toSeconds()} seconds`);
  }
  // a client's ca.crt is the authority's certificate of the time when its own was issued, at the worst just before that one was renewed.
  const least = CA_PARTS * (duration.toSeconds() - renewBefore.toSeconds() + DELIVERY_SECONDS);
  if (renewBefore.toSeconds() < duration.toSeconds() && caDuration.toSeconds() < least) {
    problems.push(`'caDuration' must be at least ${least} seconds with this 'duration' and 'renewBefore', since clients learn an authority's new certificate `
      + `with the next renewal of their own, and it is made when a fifth of the old one is left, got ${caDuration.toSeconds()} seconds`);
  }
  return problems;
}

/** The authorities of the clients' port and of the quorum, and the certificates of members and clients. */
export function addCertificates(
  scope: Construct, names: EnsembleNames, labels: Record<string, string>, options: ZookeeperCertManagerOptions, clients: readonly ZookeeperClient[],
): BoundTls {
  const { generations, issuing, duration, renewBefore, caDuration } = resolved(options);
  const selfSigned = `${names.workload}-selfsigned`;
  issuer(scope, 'SelfSigned', selfSigned, labels, { selfSigned: {} });

  const authority = (kind: 'client' | 'quorum'): TrustedCertificate[] => generations.map(generation => {
    const name = authorityName(names, kind, generation);
    const id = `${kind === 'client' ? 'Client' : 'Quorum'}Ca-${generation}`;
    certificate(scope, id, name, labels, {
      secretName: name,
      isCA: true,
      commonName: name,
      duration: goDuration(caDuration),
      renewBefore: goDuration(Duration.seconds(Math.floor(caDuration.toSeconds() / CA_PARTS))),
      // another key would be another authority, which nobody trusts yet.
      privateKey: ecdsa('Never'),
      usages: ['cert sign', 'crl sign', 'digital signature'],
      issuerRef: issuerRef(selfSigned),
    }, KEEP);
    issuer(scope, `${id}-Issuer`, name, labels, { ca: { secretName: name } });
    return { secretName: name, key: 'tls.crt', file: `${generation}.crt` };
  });

  const leaf = (id: string, whose: string, kind: 'client' | 'quorum', more: object): string => {
    const name = names.tlsSecret(whose);
    certificate(scope, id, name, labels, {
      secretName: name,
      isCA: false,
      duration: goDuration(duration),
      renewBefore: goDuration(renewBefore),
      privateKey: ecdsa('Always'),
      issuerRef: issuerRef(authorityName(names, kind, issuing)),
      ...more,
    });
    return name;
  };
  const member = (whose: string) => ({
    commonName: `${names.workload}-${whose}`,
    dnsNames: names.certificateNames(),
    // each member is a client of the others, and of itself in its probes.
    usages: ['digital signature', 'key encipherment', 'server auth', 'client auth'],
  });
  const client = (whose: string) => ({ commonName: `${names.workload}-${whose}`, usages: ['digital signature', 'key encipherment', 'client auth'] });

  const clientTrust = authority('client');
  const quorumTrust = authority('quorum');
  return {
    serverSecret: leaf('ServerTls', 'server', 'client', member('server')),
    quorumSecret: leaf('QuorumTls', 'quorum', 'quorum', member('quorum')),
    clientSecret: leaf('ClientTls', 'client', 'client', client('client')),
    clientTrust,
    quorumTrust,
    // its own authority stands in each client's Secret.
    trustOfClients: generations.length > 1 ? clientTrust : [],
    clientSecrets: Object.fromEntries(clients.map(({ name, secretLabels, secretAnnotations }) => [name, leaf(`ClientTls-${name}`, name, 'client', {
      ...client(name),
      secretTemplate: plain({ labels: secretLabels, annotations: secretAnnotations }),
    })])),
  };
}

function authorityName(names: EnsembleNames, kind: string, generation: string): string {
  return `${names.workload}-${kind}-ca-${generation}`;
}

function issuer(scope: Construct, id: string, name: string, labels: Record<string, string>, spec: object): void {
  new ApiObject(scope, id, { apiVersion: API, kind: 'Issuer', metadata: { name, labels }, spec });
}

function certificate(
  scope: Construct, id: string, name: string, labels: Record<string, string>, spec: any, annotations?: Record<string, string>,
): void {
  const { secretTemplate, ...rest } = spec;
  new ApiObject(scope, id, {
    apiVersion: API,
    kind: 'Certificate',
    metadata: { name, labels, ...(annotations ? { annotations } : {}) },
    spec: {
      revisionHistoryLimit: 1,
      ...rest,
      ...(secretTemplate && Object.keys(secretTemplate).length > 0 ? { secretTemplate } : {}),
    },
  });
}

/** ZooKeeper reads PKCS#8 alone. */
function ecdsa(rotationPolicy: 'Always' | 'Never'): object {
  return { algorithm: 'ECDSA', size: 256, encoding: 'PKCS8', rotationPolicy };
}

function issuerRef(name: string): object {
  return { group: 'cert-manager.io', kind: 'Issuer', name };
}

/** A duration as Go writes it, which is how it reads back. */
function goDuration(duration: Duration): string {
  const seconds = duration.toSeconds();
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds % 3600 / 60)}m${seconds % 60}s`;
}
