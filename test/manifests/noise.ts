import { isClusterScoped, join, ManifestObject, walk } from './objects';
import { Findings, Manifests, Violation } from './rule';

/** Where an empty value says something; the path is that of the value, elements of lists as `[]`. */
const MEANINGFUL: RegExp[] = [
  /(^|\.)emptyDir$/, // default medium, no limit
  /(^|\.)(podSelector|namespaceSelector|labelSelector)$/, // all
  /^spec\.(ingress|egress)$/, // nothing is allowed
  /^spec\.(ingress|egress)\[\]$/, // everything is allowed
  /^(data|binaryData|stringData)\./, // a file that is there and empty
  /(^|\.)apiGroups\[\]$/, // the core group
  /(^|\.)(labels|matchLabels|annotations|nodeSelector|selector)\.[^[]*$/, // the key alone tells
  /(^|\.)env\[\]\.value$/, // set and empty
  /(^|\.)(args|command)\[\]$/,
  /(^|\.)storageClassName$/, // only volumes made by hand
  /(^|\.)(backendRefs|parentRefs)\[\]\.group$/, // the core group, which the Gateway API writes out
];

/** Nothing is empty or null that says nothing, and a namespace stands where there is one. */
export function noise(manifests: Manifests): Violation[] {
  const findings = new Findings('noise');
  for (const object of manifests.objects) {
    namespace(object, findings);
    empties(object, manifests.isCustom(object), findings);
  }
  return findings.violations;
}

function namespace(object: ManifestObject, findings: Findings): void {
  const given = object.metadata?.namespace;
  if (isClusterScoped(object)) {
    if (given !== undefined) { findings.add(object, 'metadata.namespace', 'namespace', given, `none, a ${object.kind} is in no namespace`); }
  } else if (!given) {
    findings.add(object, 'metadata.namespace', 'namespace', given, 'the namespace it goes to');
  }
}

function empties(object: ManifestObject, custom: boolean, findings: Findings): void {
  walk(object, (value, path) => {
    const pattern = join(...path.map(part => part.startsWith('[') ? '[]' : part));
    if (value === null || value === undefined) {
      findings.add(object, join(...path), 'null', value, 'no such field');
    } else if (isEmpty(value, custom) && !MEANINGFUL.some(known => known.test(pattern))) {
      findings.add(object, join(...path), 'empty', value, 'no such field, unless emptiness says something');
    }
  });
}

/** In custom kinds an empty map or string may choose a variant, such as `selfSigned: {}`. */
function isEmpty(value: unknown, custom: boolean): boolean {
  if (Array.isArray(value)) { return value.length === 0; }
  if (custom) { return false; }
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
