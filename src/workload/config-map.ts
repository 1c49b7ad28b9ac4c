import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { NO_SUBSTITUTION, SERVER_SIDE_APPLY } from './annotations';
import { digest } from './digest';

/** Up to here a client-side apply, which keeps the whole object in an annotation of 256 KiB, still works; the rest of the object needs some room. */
const CLIENT_SIDE_APPLY_LIMIT = 240 * 1024;

/** A ConfigMap with files for pods. A text may be asked for at synth only. */
export function fileConfigMap(
  scope: Construct, id: string, name: string, labels: Record<string, string>, files: { [file: string]: string | (() => string) },
): ApiObject {
  const text = (content: string | (() => string)) => typeof content === 'string' ? content : content();
  const size = () => Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(text(content)), 0);
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
