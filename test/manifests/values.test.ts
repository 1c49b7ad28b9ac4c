import { afterEdit } from './fixture';
import { ManifestObject, only } from './objects';
import { quantity } from './values';

const pod = (objects: ManifestObject[]) => only(objects, 'Deployment').spec.template.spec;

test.each<[string, (objects: ManifestObject[]) => void, string]>([
  ['a misspelt pull policy', o => { pod(o).containers[0].imagePullPolicy = 'ifNotPresent'; },
    'values/word spec.template.spec.containers[launcher].imagePullPolicy'],
  ['a misspelt protocol', o => { only(o, 'Service', 'nodepool-builder').spec.ports[0].protocol = 'tcp'; }, 'values/word spec.ports[logs].protocol'],
  ['a misspelt access mode', o => { only(o, 'StatefulSet').spec.volumeClaimTemplates[0].spec.accessModes = ['RWO']; },
    'values/word spec.volumeClaimTemplates[0].spec.accessModes[0]'],
  ['a misspelt policy type', o => { only(o, 'NetworkPolicy').spec.policyTypes = ['egress']; }, 'values/word spec.policyTypes[0]'],
  ['an unknown verb', o => { only(o, 'Role').rules[0].verbs = ['read']; }, 'values/word rules.verbs'],
  ['an unknown type of Service', o => { only(o, 'Service', 'nodepool-builder').spec.type = 'Headless'; }, 'values/word spec.type'],
  ['a port above 65535', o => { pod(o).containers[0].ports[0].containerPort = 80066; },
    'values/port spec.template.spec.containers[launcher].ports[api].containerPort'],
  ['a request above its limit', o => { pod(o).containers[0].resources.requests.memory = '1025Mi'; },
    'values/request spec.template.spec.containers[launcher].resources.requests.memory'],
])('fails for %s', (_, edit, violation) => {
  expect(afterEdit(edit)).toContain(violation);
});

test.each([['1500m', 1.5], ['2', 2], [2, 2], ['1Gi', 2 ** 30], ['1G', 1e9], ['512Mi', 2 ** 29], ['1e3', 1000], ['1k', 1000]])(
  'the quantity %s is %d', (text, number) => { expect(quantity(text)).toBe(number); });
