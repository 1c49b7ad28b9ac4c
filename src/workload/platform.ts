/** The kind of cluster that the manifests are for. */
export enum Platform {
  /** Plain Kubernetes: pods run as a fixed, unprivileged user and group that own the volumes. */
  KUBERNETES = 'kubernetes',

  /** OpenShift: the cluster gives each namespace its own user and group ids, so the manifests name none. */
  OPENSHIFT = 'openshift',
}
