/** Ports of a member; those of clients and metrics are the Service's too. */
export const PORTS = { client: 2281, quorum: 2888, election: 3888, metrics: 7000 };

/** The largest ensemble. Certificates name all members that it may have, so that growing needs no others. */
export const MOST_MEMBERS = 5;

/**
 * ZooKeeper's number of a member. They descend: of two members with the same data the larger number is preferred as leader, and while members join,
 * the old ones, whose zoo.cfg gives a new one no vote, would not take it.
 */
export function memberNumber(ordinal: number): number {
  return MOST_MEMBERS - ordinal;
}

/** Where things are in the members' pods. */
export const PATHS = {
  config: '/etc/zookeeper',
  data: '/data',
  log: '/datalog',
  /** What Kubernetes mounts of the Secrets. */
  secrets: '/etc/zookeeper-tls',
  /** What ZooKeeper reads of it. */
  tls: '/run/zookeeper-tls',
};

/** The names of an ensemble's objects and members. They are API: administrators type them. */
export class EnsembleNames {
  public readonly workload: string;
  public readonly headless: string;
  public readonly config: string;

  constructor(public readonly instance: string, public readonly namespace: string, public readonly clusterDomain: string) {
    this.workload = `${instance}-zookeeper`;
    this.headless = `${this.workload}-headless`;
    this.config = `${this.workload}-config`;
  }

  /** A member's pod, and its Service. */
  public member(ordinal: number): string {
    return `${this.workload}-${ordinal}`;
  }

  /** By which clients reach a member from any namespace. Its address stays, whatever becomes of the pod. */
  public host(ordinal: number): string {
    return `${this.member(ordinal)}.${this.namespace}.svc`;
  }

  /** By which the members reach each other. */
  public fqdn(ordinal: number): string {
    return `${this.member(ordinal)}.${this.headless}.${this.namespace}.svc.${this.clusterDomain}`;
  }

  /** Every name that a member may be called by. */
  public certificateNames(): string[] {
    const { workload, headless, namespace, clusterDomain } = this;
    const inNamespace = (name: string) => [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.${clusterDomain}`];
    const members = Array.from({ length: MOST_MEMBERS }, (_, ordinal) => this.member(ordinal));
    return [
      ...members.flatMap(member => [...inNamespace(member), ...inNamespace(`${member}.${headless}`)]),
      ...inNamespace(headless),
      ...inNamespace(workload),
      'localhost',
    ];
  }

  /** The Secret with the certificate of a client, or of the members. */
  public tlsSecret(whose: string): string {
    return `${this.workload}-${whose}-tls`;
  }
}
