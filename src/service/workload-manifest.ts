import { k8s } from 'cdk8s-plus-27';
import { ServicePod } from '../workload/service-pod';

/**
 * A Deployment or StatefulSet as plain data. cdk8s-plus renders what it knows; what users handed in with newer fields comes after it, so
 * that it survives.
 */
export function workloadManifest(pod: ServicePod, manifest: any): any {
  pod.completeSpec(manifest.spec.template.spec);
  return manifest;
}

/** The claim template of a StatefulSet, with the fields that Argo CD needs to see no difference and that cdk8s-plus drops. */
export function completeClaimTemplates(manifest: any): any {
  manifest.spec.volumeClaimTemplates = manifest.spec.volumeClaimTemplates.map((claim: any) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...claim,
  }));
  return manifest;
}

/** A Service for one named port of a service's pods. */
export function serviceManifest(name: string, pod: ServicePod, port: { name: string; port: number }): any {
  return k8s.KubeService.manifest({
    metadata: { name, labels: pod.labels },
    spec: {
      type: 'ClusterIP',
      selector: pod.selector,
      ports: [{ name: port.name, port: port.port, protocol: 'TCP', targetPort: k8s.IntOrString.fromString(port.name) }],
    },
  });
}
