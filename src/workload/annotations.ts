const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** Keeps Argo CD and Flux from deleting what holds data when it leaves Git, or when its application is deleted. */
export const KEEP: Record<string, string> = {
  [SYNC_OPTIONS]: 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** Keeps Flux' `postBuild` from replacing `${X}` in scripts and configuration. */
export const NO_SUBSTITUTION: Record<string, string> = {
  'kustomize.toolkit.fluxcd.io/substitute': 'disabled',
};

/** The keeping annotations beside a user's own ones: Argo CD takes all its options from one value, so the user's stay in it. */
export function keeping(own: Record<string, string> = {}): Record<string, string> {
  const options = [own[SYNC_OPTIONS], KEEP[SYNC_OPTIONS]].filter(value => value).join(',');
  return { ...own, ...KEEP, [SYNC_OPTIONS]: [...new Set(options.split(',').map(option => option.trim()))].join(',') };
}

/** What Argo CD needs for an object that does not fit into the annotation of a client-side apply (256 KiB). */
export const SERVER_SIDE_APPLY: Record<string, string> = {
  [SYNC_OPTIONS]: 'ServerSideApply=true',
};

/** The pod annotations by which a changed content restarts the service in order. */
export const CHECKSUM_PREFIX = 'checksum.cdk8s-nodepool';
