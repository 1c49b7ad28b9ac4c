import { k8s } from 'cdk8s-plus-27';
import { intOrString, manifest } from '../workload/plain';
import { ServicePod } from '../workload/service-pod';

/** A Deployment or StatefulSet with what users handed in for its pods. */
export function completeWorkload(pod: ServicePod, workload: any): any {
  pod.completeSpec(workload.spec.template.spec);
  return workload;
}

/** The claim template of a StatefulSet, with the fields that Argo CD needs to see no difference and that cdk8s-plus' types lack. */
export function completeClaimTemplates(statefulSet: any): any {
  statefulSet.spec.volumeClaimTemplates = statefulSet.spec.volumeClaimTemplates.map((claim: any) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...claim,
  }));
  return statefulSet;
}

/** A Service for one named port of a service's pods. */
export function serviceManifest(name: string, pod: ServicePod, port: { name: string; port: number }): any {
  return manifest<k8s.KubeServiceProps>('v1', 'Service', {
    metadata: { name, labels: pod.labels },
    spec: {
      type: 'ClusterIP',
      selector: pod.selector,
      ports: [{ name: port.name, port: port.port, protocol: 'TCP', targetPort: intOrString(port.name) }],
    },
  });
}
