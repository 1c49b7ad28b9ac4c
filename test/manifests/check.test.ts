import { checkManifests, expectGoodManifests } from './check';
import { afterEdit, GOOD_OPTIONS, goodManifests, goodText, violationsAfter } from './fixture';
import { only, parseManifests } from './objects';

test('good manifests break no rule', () => {
  expect(checkManifests(goodManifests(), GOOD_OPTIONS)).toEqual([]);
  expectGoodManifests(goodText(), GOOD_OPTIONS);
});

test('fails with a line that says object, path, rule, value and remedy', () => {
  const objects = goodManifests();
  only(objects, 'Deployment').spec.template.spec.containers[0].image = 'nodepool:latest';
  expect(() => expectGoodManifests(objects, GOOD_OPTIONS)).toThrow(
    'Deployment sf/nodepool-launcher: spec.template.spec.containers[launcher].image: house/image: got "nodepool:latest", want a tag other than latest, or a digest');
});

test('fails when there is nothing to check', () => {
  expect(() => expectGoodManifests('')).toThrow('there are no manifests to check');
});

test('fails for a document that is no object', () => {
  expect(() => expectGoodManifests('just: text')).toThrow('schema/object');
});

test.each(['yes', '0o400', '012'])('fails for an unquoted %s, which YAML readers take differently', word => {
  const text = `${goodText()}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd, namespace: sf}\ndata: {word: ${word}}\n`;
  expect(() => expectGoodManifests(text, GOOD_OPTIONS)).toThrow('ConfigMap sf/odd: data.word: yaml/ambiguous');
});

test('an exception takes out one rule of one object', () => {
  const edit = (objects: ReturnType<typeof goodManifests>) => { only(objects, 'Deployment').spec.template.spec.enableServiceLinks = true; };
  const object = 'Deployment sf/nodepool-launcher';
  expect(afterEdit(edit, { except: [{ rule: 'house/service-links', object, why: 'a test' }] })).toEqual([]);
  expect(afterEdit(edit, { except: [{ rule: 'house', why: 'a test' }] })).toEqual([]);
});

test('fails for an exception that nothing needs', () => {
  expect(violationsAfter(() => {}, { except: [{ rule: 'house/service-links', why: 'a test' }] }))
    .toEqual([expect.objectContaining({ rule: 'options/except', value: 'house/service-links' })]);
});

test('fails to find the only object of a kind when there are several, and names them', () => {
  expect(() => only(goodManifests(), 'Service')).toThrow('expected one Service, found 2');
  expect(only(goodManifests(), 'Service', 'nodepool-builder').metadata.name).toBe('nodepool-builder');
});

test('empty documents are no objects', () => {
  expect(parseManifests('---\n---\na: 1\n---\n')).toEqual([{ a: 1 }]);
});
