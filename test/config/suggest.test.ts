import { suggest } from '../../src/config/suggest';

test.each([
  ['smal', ['large', 'small'], 'small'],
  ['lables', ['labels', 'providers'], 'labels'],
  ['img', ['image', 'resources'], 'image'],
  ['min_ready', ['min-ready'], 'min-ready'],
  ['imagePulPolicy', ['image', 'imagePullPolicy'], 'imagePullPolicy'],
  ['IMAGEPULLPOLICY', ['image', 'imagePullPolicy'], 'imagePullPolicy'],
  ['RestartPolicy', ['preemptionPolicy', 'restartPolicy'], 'restartPolicy'],
])('%s: among %j it is %s that is meant', (word, candidates, meant) => {
  expect(suggest(word, candidates)).toBe(meant);
});

test.each([['foo', ['os']], ['1', ['os']], ['x', ['y']], ['ab', ['cd']], ['', ['os']], ['abcd', ['abef']]])('%s: none of %j is meant', (word, candidates) => {
  expect(suggest(word, candidates)).toBeUndefined();
});
