import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { NO_SUBSTITUTION, SERVER_SIDE_APPLY } from './annotations';
import { digest } from './digest';
import { fail } from './errors';

/** Up to here a client-side apply, which keeps the whole object in an annotation of 256 KiB, still works; the rest of the object needs some room. */
const CLIENT_SIDE_APPLY_LIMIT = 240 * 1024;

/** What the API server takes at most for all data of a ConfigMap. */
const CONFIG_MAP_LIMIT = 1024 * 1024;

/**
 * A ConfigMap with files for pods. A text may be asked for at synth only; whoever hands in such a one checks its size.
 *
 * @param given the props whose values are the files, for the error when they are too large
 */
export function fileConfigMap(
  scope: Construct, id: string, name: string, labels: Record<string, string>, files: { [file: string]: string | (() => string) }, given?: string,
): ApiObject {
  const text = (content: string | (() => string)) => typeof content === 'string' ? content : content();
  if (given !== undefined) { checkSize(scope, given, Object.values(files).map(text)); }
  const size = () => annotationSize(Object.fromEntries(Object.entries(files).map(([file, content]) => [file, text(content)])));
  const serverSide = Object.entries(SERVER_SIDE_APPLY).map(([key, value]) =>
    [key, Lazy.any({ produce: () => size() > CLIENT_SIDE_APPLY_LIMIT ? value : undefined })]);
  return new ApiObject(scope, id, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels, annotations: { ...NO_SUBSTITUTION, ...Object.fromEntries(serverSide) } },
    data: Object.fromEntries(Object.entries(files).map(([file, content]) =>
      [file, typeof content === 'string' ? content : Lazy.any({ produce: content })])),
  });
}

/** A short name for what a ConfigMap will hold, patches included. */
export function dataDigest(configMap: ApiObject): string {
  return digest(JSON.stringify(configMap.toJson().data));
}

function checkSize(scope: Construct, given: string, texts: string[]): void {
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (size > CONFIG_MAP_LIMIT) { fail(scope, `${given} must be ${CONFIG_MAP_LIMIT} bytes at most, which is what a ConfigMap holds, got ${size}; leave out what is not needed`); }
}

/** How large kubectl's annotation gets by the data: JSON, in which line ends and quotes take two characters, and which Go escapes further. */
function annotationSize(data: Record<string, string>): number {
  const json = JSON.stringify(data);
  return Buffer.byteLength(json) + 5 * (json.match(/[<>&]/g)?.length ?? 0);
}
