import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';

const pod = (objects: ManifestObject[]) => only(objects, 'Deployment').spec.template.spec;

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['null in an object', o => { only(o, 'Deployment').metadata.labels = null as any; }, 'noise/null metadata.labels'],
  ['null in a custom object', o => { only(o, 'HTTPRoute').spec.hostnames = null; }, 'noise/null spec.hostnames'],
  ['an empty map', o => { pod(o).containers[0].resources = {}; }, 'noise/empty spec.template.spec.containers[launcher].resources'],
  ['empty annotations', o => { only(o, 'Role').metadata.annotations = {}; }, 'noise/empty metadata.annotations'],
  ['an empty list', o => { pod(o).containers[0].env = []; }, 'noise/empty spec.template.spec.containers[launcher].env'],
  ['an empty list in a custom object', o => { only(o, 'HTTPRoute').spec.hostnames = []; }, 'noise/empty spec.hostnames'],
  ['an empty string', o => { pod(o).schedulerName = ''; }, 'noise/empty spec.template.spec.schedulerName'],
  ['a Role without rules', o => { only(o, 'Role').rules = []; }, 'noise/empty rules'],
  ['a namespace on what lies in none', o => { only(o, 'Namespace').metadata.namespace = 'sf'; }, 'noise/namespace metadata.namespace'],
  ['no namespace where there is one', o => { delete only(o, 'PodDisruptionBudget').metadata.namespace; }, 'noise/namespace metadata.namespace'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test('what is empty for a reason stays', () => {
  // the good manifests hold emptyDir: {}, podSelector: {}, ingress: [], egress: [{}], an empty file, variable and group
  expect(afterEdit(o => {
    only(o, 'StatefulSet').spec.volumeClaimTemplates[0].spec.storageClassName = '';
    only(o, 'Deployment').metadata.labels = { 'example.com/mark': '' };
    pod(o).containers[0].args = ['--prefix', ''];
  })).toEqual([]);
});
