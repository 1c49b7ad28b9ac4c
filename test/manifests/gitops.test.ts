import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';

const config = (objects: ManifestObject[]) => only(objects, 'ConfigMap', 'nodepool-config');
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a Namespace that Argo CD may prune', o => { delete only(o, 'Namespace').metadata.annotations![SYNC_OPTIONS]; }, `gitops/keep metadata.annotations.${SYNC_OPTIONS}`],
  ['a Namespace that Flux may prune', o => { delete only(o, 'Namespace').metadata.annotations!['kustomize.toolkit.fluxcd.io/prune']; },
    'gitops/keep metadata.annotations.kustomize.toolkit.fluxcd.io/prune'],
  ['a claim template that may be pruned', o => { delete only(o, 'StatefulSet').spec.volumeClaimTemplates[0].metadata.annotations; },
    `gitops/keep spec.volumeClaimTemplates[data].metadata.annotations.${SYNC_OPTIONS}`],
  ['a script that Flux would change', o => { delete config(o).metadata.annotations; }, 'gitops/substitution data.run.sh'],
  ['arguments that Flux would change', o => { only(o, 'Deployment').spec.template.spec.containers[0].args = ['echo ${HOME}']; },
    'gitops/substitution spec.template.spec.containers[launcher].args[0]'],
  ['a ConfigMap above 1 MiB', o => { config(o).data['nodepool.yaml'] = 'x'.repeat(1024 * 1024); }, 'gitops/size data'],
  ['a ConfigMap above 256 KiB', o => { config(o).data['nodepool.yaml'] = 'x'.repeat(256 * 1024); }, 'gitops/size data'],
  ['a misspelt sync option', o => { only(o, 'Role').metadata.annotations = { [SYNC_OPTIONS]: 'Prune=no' }; }, `gitops/sync-option metadata.annotations.${SYNC_OPTIONS}`],
  ['a wave that is no number', o => { only(o, 'Role').metadata.annotations = { 'argocd.argoproj.io/sync-wave': 'first' }; },
    'gitops/sync-wave metadata.annotations.argocd.argoproj.io/sync-wave'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('a ConfigMap above 256 KiB may be applied by the server', () => {
  expect(afterEdit(o => {
    config(o).data['nodepool.yaml'] = 'x'.repeat(256 * 1024);
    config(o).metadata.annotations![SYNC_OPTIONS] = 'ServerSideApply=true';
  })).toEqual([]);
});

test('Flux also reads its mark from a label', () => {
  expect(afterEdit(o => {
    delete only(o, 'Namespace').metadata.annotations!['kustomize.toolkit.fluxcd.io/prune'];
    only(o, 'Namespace').metadata.labels = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' };
  })).toEqual([]);
});

test('fails for a CA that may be pruned', () => {
  const authority = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'ca', namespace: 'sf' }, spec: { isCA: true, secretName: 'ca' } };
  expect(afterEdit(o => { o.push(authority); })).toContain(`gitops/keep metadata.annotations.${SYNC_OPTIONS}`);
});
