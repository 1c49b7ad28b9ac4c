import { ApiObject, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { keeping } from '../workload/annotations';
import { checkAnnotations, checkObjectName, shown } from '../workload/checks';
import { sizeQuantity } from '../workload/container';
import { fail } from '../workload/errors';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { manifest, quantity } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';

/** The builder's volume. */
export interface BuilderStorage {
  /**
   * The size when the volume is made. It cannot be changed afterwards, since Kubernetes takes no other claim template for a StatefulSet
   * that exists: to grow the volume leave it and set `expandTo`.
   *
   * @default - 20 GiB
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

const STORAGE_PROPS = propsOf<BuilderStorage>({ size: true, expandTo: true, storageClassName: true, annotations: true });

/** The claim of each builder's volume. */
export function claimTemplate(scope: Construct, name: string, pod: ServicePod, storage: BuilderStorage): k8s.KubePersistentVolumeClaimProps {
  checkStorage(scope, storage);
  return {
    metadata: { name, labels: pod.selector, annotations: keeping(storage.annotations) },
    spec: claimSpec(storage, sizeOf(storage)),
  };
}

/** The claims that the StatefulSet made, with a larger size: Kubernetes grows a volume whose claim asks for more. */
export function expandedClaims(scope: Construct, name: string, pod: ServicePod, storage: BuilderStorage): ApiObject[] {
  if (storage.expandTo === undefined) { return []; }
  const claims: ApiObject[] = [];
  // a paused builder keeps its volume.
  for (let ordinal = 0; ordinal < Math.max(1, pod.replicas); ordinal++) {
    claims.push(new ApiObject(scope, `Claim${ordinal}`, manifest<k8s.KubePersistentVolumeClaimProps>('v1', 'PersistentVolumeClaim', {
      metadata: { name: `${name}-${name}-${ordinal}`, labels: pod.selector, annotations: keeping(storage.annotations) },
      spec: claimSpec(storage, storage.expandTo),
    })));
  }
  return claims;
}

function claimSpec(storage: BuilderStorage, size: Size): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
    storageClassName: storage.storageClassName,
    resources: { requests: { storage: quantity(sizeQuantity(size)) } },
  };
}

function checkStorage(scope: Construct, storage: BuilderStorage): void {
  if (typeof storage !== 'object') { fail(scope, `'storage' must be a map such as { size: Size.gibibytes(20) }, got ${shown(storage)}`); }
  checkKnownProps(scope, 'storage', storage, STORAGE_PROPS);
  for (const prop of ['size', 'expandTo'] as const) {
    const given = storage[prop];
    if (given !== undefined && typeof given?.toKibibytes !== 'function') {
      fail(scope, `'storage.${prop}' must be a Size, such as Size.gibibytes(20), got ${shown(given)}`);
    }
  }
  const size = sizeOf(storage);
  if (size.toKibibytes() <= 0) { fail(scope, `'storage.size' must be more than 0, got ${sizeQuantity(size)}`); }
  if (storage.expandTo !== undefined && storage.expandTo.toKibibytes() <= size.toKibibytes()) {
    fail(scope, `'storage.expandTo' must be more than 'storage.size' (${sizeQuantity(size)}), since volumes do not shrink, got ${sizeQuantity(storage.expandTo)}`);
  }
  if (storage.storageClassName !== undefined) { checkObjectName(scope, 'storage.storageClassName', storage.storageClassName); }
  checkAnnotations(scope, 'storage.annotations', storage.annotations ?? {});
}

function sizeOf(storage: BuilderStorage): Size {
  return storage.size ?? Size.gibibytes(20);
}
