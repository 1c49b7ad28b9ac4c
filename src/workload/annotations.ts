/** Keeps Argo CD and Flux from deleting what holds data when it leaves Git, or when its application is deleted. */
export const KEEP: Record<string, string> = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** Keeps Flux' `postBuild` from replacing `${X}` in scripts and configuration. */
export const NO_SUBSTITUTION: Record<string, string> = {
  'kustomize.toolkit.fluxcd.io/substitute': 'disabled',
};

/** What Argo CD needs for an object that does not fit into the annotation of a client-side apply (256 KiB). */
export const SERVER_SIDE_APPLY: Record<string, string> = {
  'argocd.argoproj.io/sync-options': 'ServerSideApply=true',
};

/** The pod annotations by which a changed content restarts the service in order. */
export const CHECKSUM_PREFIX = 'checksum.cdk8s-nodepool';
