/** The image of the launcher where none is given. It runs as any user. */
export const LAUNCHER_IMAGE = 'quay.io/software-factory/nodepool-launcher:11.0.0-20250925-2';
