import { ApiObject, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { keeping } from './annotations';
import { checkAnnotations, checkObjectName, shown } from './checks';
import { sizeQuantity } from './container';
import { fail } from './errors';
import { checkKnownProps, propsOf } from './known-props';
import { manifest, quantity } from './plain';

/** The volume of each pod of a StatefulSet. */
export interface PersistentStorage {
  /**
   * The size when the volume is made. It cannot be changed afterwards, since Kubernetes takes no other claim template for a StatefulSet
   * that exists: to grow the volume leave it and set `expandTo`.
   *
   * @default - what the service's documentation names
   */
  readonly size?: Size;

  /**
   * The size that the volume grows to, in place, where the storage class allows it. It renders the claims themselves, with this size.
   *
   * @default - the volume stays as it is
   */
  readonly expandTo?: Size;

  /**
   * The storage class.
   *
   * @default - the cluster's default class
   */
  readonly storageClassName?: string;

  /**
   * Annotations of the claim, beside those that keep it from being pruned.
   *
   * @default - those alone
   */
  readonly annotations?: { [key: string]: string };
}

const STORAGE_PROPS = propsOf<PersistentStorage>({ size: true, expandTo: true, storageClassName: true, annotations: true });

/** Which volume of which pods. */
export interface Claim {
  /** The prop that it was given by. */
  readonly prop: string;
  /** The name of the claim template, which each claim's name begins with. */
  readonly name: string;
  /** The StatefulSet whose pods have it. */
  readonly workload: string;
  readonly labels: { [key: string]: string };
  readonly storage: PersistentStorage;
  readonly defaultSize: Size;
}

/** The claim template of a StatefulSet. */
export function claimTemplate(scope: Construct, claim: Claim): k8s.KubePersistentVolumeClaimProps {
  checkStorage(scope, claim);
  return {
    metadata: { name: claim.name, labels: claim.labels, annotations: keeping(claim.storage.annotations) },
    spec: claimSpec(claim.storage, sizeOf(claim)),
  };
}

/**
 * The claims that the StatefulSet made, with a larger size: Kubernetes grows a volume whose claim asks for more.
 *
 * @param id begins the ids of the objects
 */
export function expandedClaims(scope: Construct, id: string, claim: Claim, replicas: number): ApiObject[] {
  const { storage } = claim;
  if (storage.expandTo === undefined) { return []; }
  const claims: ApiObject[] = [];
  // what is paused keeps its volume.
  for (let ordinal = 0; ordinal < Math.max(1, replicas); ordinal++) {
    claims.push(new ApiObject(scope, `${id}${ordinal}`, manifest<k8s.KubePersistentVolumeClaimProps>('v1', 'PersistentVolumeClaim', {
      metadata: { name: `${claim.name}-${claim.workload}-${ordinal}`, labels: claim.labels, annotations: keeping(storage.annotations) },
      spec: claimSpec(storage, storage.expandTo),
    })));
  }
  return claims;
}

/** What a claim asks for. */
export function claimSpec(storage: PersistentStorage, size: Size): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
    storageClassName: storage.storageClassName,
    resources: { requests: { storage: quantity(sizeQuantity(size)) } },
  };
}

/** Refuses what is no storage, or cannot be grown to what is asked. */
export function checkStorage(scope: Construct, claim: Pick<Claim, 'prop' | 'storage' | 'defaultSize'>): void {
  const { prop, storage } = claim;
  if (typeof storage !== 'object') { fail(scope, `'${prop}' must be a map such as { size: Size.gibibytes(20) }, got ${shown(storage)}`); }
  checkKnownProps(scope, prop, storage, STORAGE_PROPS);
  for (const field of ['size', 'expandTo'] as const) {
    const given = storage[field];
    if (given !== undefined && typeof given?.toKibibytes !== 'function') {
      fail(scope, `'${prop}.${field}' must be a Size, such as Size.gibibytes(20), got ${shown(given)}`);
    }
  }
  const size = sizeOf(claim);
  if (size.toKibibytes() <= 0) { fail(scope, `'${prop}.size' must be more than 0, got ${sizeQuantity(size)}`); }
  if (storage.expandTo !== undefined && storage.expandTo.toKibibytes() <= size.toKibibytes()) {
    fail(scope, `'${prop}.expandTo' must be more than '${prop}.size' (${sizeQuantity(size)}), since volumes do not shrink, got ${sizeQuantity(storage.expandTo)}`);
  }
  if (storage.storageClassName !== undefined) { checkObjectName(scope, `${prop}.storageClassName`, storage.storageClassName); }
  checkAnnotations(scope, `${prop}.annotations`, storage.annotations ?? {});
}

function sizeOf({ storage, defaultSize }: Pick<Claim, 'storage' | 'defaultSize'>): Size {
  return storage.size ?? defaultSize;
}
