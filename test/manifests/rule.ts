import { describe, ManifestObject, PodTemplate, podTemplate } from './objects';

/** Something in a manifest that breaks a rule. */
export interface Violation {
  /** Which object, such as `Deployment sf/nodepool-launcher`. */
  readonly object: string;
  /** Where in it, such as `spec.template.spec.containers[launcher].image`. */
  readonly path: string;
  /** Which rule, such as `house/image`. */
  readonly rule: string;
  /** What stands there. Never what a Secret holds. */
  readonly value: unknown;
  /** What would be right. */
  readonly remedy: string;
}

/** Names an object; without a namespace it is meant in any. */
export interface ObjectReference {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** An object that the cluster has already, or that someone else makes there. */
export interface ExternalObject extends ObjectReference {
  /**
   * The keys of an external ConfigMap or Secret.
   *
   * @default - any key counts as there
   */
  readonly keys?: string[];
}

/** A rule that one place breaks on purpose. An exception that fits nothing is itself a violation. */
export interface Exception {
  /** The rule, or a group of rules such as `house`. */
  readonly rule: string;
  /**
   * How messages name the object.
   *
   * @default - every object
   */
  readonly object?: string;
  /** Why it is right there. */
  readonly why: string;
}

/** What the checks cannot see in the manifests themselves. */
export interface CheckOptions {
  /** What the manifests refer to and do not hold. */
  readonly external?: ExternalObject[];

  /** ConfigMaps and Secrets that are there for others, such as a dashboard for Grafana. */
  readonly usedElsewhere?: ObjectReference[];

  /** Kinds that Kubernetes itself does not have, such as `gateway.networking.k8s.io/v1/HTTPRoute`. */
  readonly customKinds?: string[];

  /** Fields that the oldest supported Kubernetes lacks and the user handed in, such as `hostnameOverride`. */
  readonly newerFields?: string[];

  /** Rules that are broken on purpose. */
  readonly except?: Exception[];

  /**
   * Where the manifests go: `kubernetes` or `openshift`, in any case.
   *
   * @default 'kubernetes'
   */
  readonly platform?: string;
}

/** Looks at all the manifests of one cluster together. */
export type Rule = (manifests: Manifests) => Violation[];

/** The manifests that are checked together, and ways to find things in them. */
export class Manifests {
  public readonly pods: PodTemplate[];

  constructor(public readonly objects: ManifestObject[], public readonly options: CheckOptions = {}) {
    this.pods = objects.flatMap(object => podTemplate(object) ?? []);
  }

  public ofKind(...kinds: string[]): ManifestObject[] {
    return this.objects.filter(object => kinds.includes(object.kind));
  }

  public find(reference: ObjectReference): ManifestObject | undefined {
    return this.objects.find(object => object.kind === reference.kind && object.metadata?.name === reference.name
      && object.metadata?.namespace === reference.namespace);
  }

  public external(reference: ObjectReference): ExternalObject | undefined {
    return (this.options.external ?? []).find(known => isMeant(known, reference));
  }

  public isCustom(object: ManifestObject): boolean {
    return (this.options.customKinds ?? []).includes(`${object.apiVersion}/${object.kind}`);
  }
}

/** Whether a reference of the options means this object. */
export function isMeant(known: ObjectReference, object: ObjectReference): boolean {
  return known.kind === object.kind && known.name === object.name && (known.namespace === undefined || known.namespace === object.namespace);
}

/** Collects what one object breaks. */
export class Findings {
  public readonly violations: Violation[] = [];

  constructor(private readonly group: string) {}

  public add(object: ManifestObject, path: string, rule: string, value: unknown, remedy: string): void {
    const hidden = object.kind === 'Secret' && /^(data|stringData)\b/.test(path);
    this.violations.push({ object: describe(object), path, rule: `${this.group}/${rule}`, value: hidden ? '(hidden)' : value, remedy });
  }
}
