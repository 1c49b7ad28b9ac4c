import { join, ManifestObject, walk } from './objects';
import { Findings, Manifests, Violation } from './rule';

const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';
const FLUX_PRUNE = 'kustomize.toolkit.fluxcd.io/prune';
const FLUX_SUBSTITUTE = 'kustomize.toolkit.fluxcd.io/substitute';
const MEBIBYTE = 1024 * 1024;
/** `kubectl apply` and Argo CD keep a copy in an annotation, and annotations end here. */
const ANNOTATION_LIMIT = 256 * 1024;

/** Argo CD and Flux neither remove data, nor edit scripts, nor fail on large files. */
export function gitops(manifests: Manifests): Violation[] {
  const findings = new Findings('gitops');
  for (const object of manifests.objects) {
    if (holdsData(object)) { kept(object, '', object.metadata, findings); }
    for (const claim of object.kind === 'StatefulSet' ? object.spec?.volumeClaimTemplates ?? [] : []) {
      kept(object, `spec.volumeClaimTemplates[${claim?.metadata?.name}]`, claim?.metadata, findings);
    }
    substitution(object, findings);
    size(object, findings);
    syncOptions(object, findings);
  }
  return findings.violations;
}

/** What cannot be made again once it is gone. */
function holdsData(object: ManifestObject): boolean {
  return object.kind === 'PersistentVolumeClaim' || object.kind === 'Namespace'
    || (object.kind === 'Certificate' && object.spec?.isCA === true)
    || (object.kind === 'ExternalSecret' && object.spec?.refreshPolicy === 'CreatedOnce');
}

function options(metadata: any): string[] {
  return String(metadata?.annotations?.[SYNC_OPTIONS] ?? '').split(',').map(option => option.trim());
}

function kept(object: ManifestObject, path: string, metadata: any, findings: Findings): void {
  const given = options(metadata);
  if (!given.includes('Prune=false')) {
    findings.add(object, join(path, 'metadata.annotations', SYNC_OPTIONS), 'keep', metadata?.annotations?.[SYNC_OPTIONS], 'Prune=false among the options');
  }
  const flux = metadata?.annotations?.[FLUX_PRUNE] ?? metadata?.labels?.[FLUX_PRUNE];
  if (flux !== 'disabled') { findings.add(object, join(path, 'metadata.annotations', FLUX_PRUNE), 'keep', flux, 'disabled'); }
}

/** Flux replaces `${X}` anywhere in an object, by nothing if it knows no X. */
function substitution(object: ManifestObject, findings: Findings): void {
  if ((object.metadata?.annotations?.[FLUX_SUBSTITUTE] ?? object.metadata?.labels?.[FLUX_SUBSTITUTE]) === 'disabled') { return; }
  walk(object, (value, path) => {
    if (typeof value === 'string' && value.includes('${')) {
      findings.add(object, join(...path), 'substitution', /\$\{[^}\n]{0,60}\}?/.exec(value)?.[0], `annotation ${FLUX_SUBSTITUTE}: disabled, or no "\${"`);
    }
  });
}

function size(object: ManifestObject, findings: Findings): void {
  const content = [object.data, object.binaryData, object.stringData]
    .flatMap(map => Object.entries(map ?? {})).reduce((sum, [key, value]) => sum + bytes(key) + bytes(String(value)), 0);
  if (content > MEBIBYTE) {
    findings.add(object, 'data', 'size', content, `at most ${MEBIBYTE} bytes in one object`);
  } else if (bytes(JSON.stringify(object)) > ANNOTATION_LIMIT && !options(object.metadata).includes('ServerSideApply=true')) {
    findings.add(object, 'data', 'size', content, `annotation ${SYNC_OPTIONS}: ServerSideApply=true, above ${ANNOTATION_LIMIT} bytes`);
  }
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** A misspelt option or wave is ignored without a word. */
function syncOptions(object: ManifestObject, findings: Findings): void {
  const annotations = object.metadata?.annotations ?? {};
  const known = /^(Prune|Delete)=(false|confirm)$|^(PruneLast|ServerSideApply|SkipDryRunOnMissingResource|Replace|Force)=(true|false)$|^Validate=false$/;
  for (const option of annotations[SYNC_OPTIONS] === undefined ? [] : options(object.metadata).filter(each => !known.test(each))) {
    findings.add(object, `metadata.annotations.${SYNC_OPTIONS}`, 'sync-option', option, 'an option that Argo CD knows, such as Prune=false,Delete=false');
  }
  const wave = annotations['argocd.argoproj.io/sync-wave'];
  if (wave !== undefined && !/^-?\d+$/.test(wave)) {
    findings.add(object, 'metadata.annotations.argocd.argoproj.io/sync-wave', 'sync-wave', wave, 'an integer as a string');
  }
}
