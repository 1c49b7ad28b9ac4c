import { Construct } from 'constructs';
import { BUILDS_DIR } from './build-logs';
import { SSH_DIR } from './ssh';
import { HOME } from '../service/nodepool-service';
import { checkCount, checkPath, isWithin, shown } from '../workload/checks';
import { fail } from '../workload/errors';

/** What the builder's props say of its directories. */
interface DirectoryOptions {
  readonly imagesDir?: string;
  readonly buildLogDir?: string;
  readonly buildLogRetention?: number;
  readonly elementsDir?: string;
  readonly volumes?: readonly unknown[];
}

/** The directories of the base settings, checked, by their keys in nodepool.yaml. */
export function checkedDirectories(scope: Construct, props: DirectoryOptions): Map<string, string> {
  const imagesDir = props.imagesDir ?? `${HOME}/dib`;
  const buildLogDir = props.buildLogDir ?? `${BUILDS_DIR}/logs`;
  checkPath(scope, 'imagesDir', imagesDir);
  checkPath(scope, 'buildLogDir', buildLogDir);
  if (props.buildLogRetention !== undefined) { checkCount(scope, 'buildLogRetention', props.buildLogRetention, { least: -1 }); }
  if (props.elementsDir !== undefined) { checkPath(scope, 'elementsDir', props.elementsDir); }
  if (!isWithin(buildLogDir, BUILDS_DIR)) {
    fail(scope, `'buildLogDir' must be ${BUILDS_DIR} or below it, which is what the build logs' server serves, got "${buildLogDir}"`);
  }
  if (isWithin(imagesDir, BUILDS_DIR)) {
    fail(scope, `'imagesDir' must not be ${BUILDS_DIR} or below it, which everyone may read over HTTP, got "${imagesDir}"`);
  }
  checkWritable(scope, imagesDir, props.volumes);
  return new Map([['images-dir', imagesDir], ['build-log-dir', buildLogDir]]);
}

/** Refuses a directory that the builder could not write to: the root file system of its container is read-only. */
function checkWritable(scope: Construct, imagesDir: string, volumes: unknown): void {
  const mounts = [
    { path: HOME },
    { path: SSH_DIR, readOnly: true },
    ...(Array.isArray(volumes) ? volumes : []).filter(mount => typeof mount?.path === 'string'),
  ].filter(mount => isWithin(imagesDir, mount.path));
  // the innermost mount is the one that is written to.
  const mount = mounts.sort((one, other) => other.path.length - one.path.length)[0];
  const remedy = `give a directory below ${HOME}, or below the path of one of 'volumes' that is not readOnly`;
  if (mount === undefined) { fail(scope, `'imagesDir' must be on a volume, nothing else of the pod is writable, got ${shown(imagesDir)}; ${remedy}`); }
  if (mount.readOnly) { fail(scope, `'imagesDir' must be writable, and ${mount.path} is mounted read-only, got ${shown(imagesDir)}; ${remedy}`); }
}

/** Base settings of nodepool.yaml for the builder. */
export function baseSettings(props: DirectoryOptions, directories: Map<string, string>): Record<string, unknown> {
  const retention = props.buildLogRetention;
  return {
    ...Object.fromEntries(directories),
    ...(retention !== undefined ? { 'build-log-retention': retention } : {}),
    ...(props.elementsDir !== undefined ? { 'elements-dir': props.elementsDir } : {}),
  };
}
