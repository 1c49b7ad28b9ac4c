import { IConstruct } from 'constructs';
import { NodepoolConfig } from '../config';
import { describePlace } from '../config/problem';
import { fail } from '../workload/errors';

/** The base keys of nodepool.yaml, and the props of `NodepoolStack` that set them. */
export const BASE_PROPS: { [key: string]: string } = {
  'zookeeper-servers': 'zookeeper',
  'zookeeper-tls': 'zookeeper',
  'webapp': 'launcher.webapp',
  'images-dir': 'builder.imagesDir',
  'build-log-dir': 'builder.buildLogDir',
  'build-log-retention': 'builder.buildLogRetention',
  'elements-dir': 'builder.elementsDir',
};

/**
 * Base settings belong to us: one error names every base key of the user's files, and the prop to use instead.
 *
 * @param configs the configurations by the props that they came with
 */
export function refuseBaseKeys(scope: IConstruct, configs: { [prop: string]: NodepoolConfig | undefined }): void {
  const found = Object.entries(configs)
    .map(([prop, config]) => ({ prop, keys: config instanceof NodepoolConfig ? config._baseKeys() : [] }))
    .filter(({ keys }) => keys.length > 0);
  if (found.length === 0) { return; }
  const lines = found.flatMap(({ keys }) => keys).sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0))
    .map(({ key, place }) => `${place ? `${describePlace(place)}: ` : ''}"${key}" (use '${BASE_PROPS[key]}')`);
  const props = found.map(({ prop }) => `'${prop}'`).join(' and ');
  fail(scope, `${props}: keys that the deployment sets itself; take them out and use the props: ${lines.join(', ')}`);
}
