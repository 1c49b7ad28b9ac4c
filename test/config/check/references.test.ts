import { provider } from './complete';
import { NodepoolConfig } from '../../../src/config';

/** What is wrong with a configuration. */
function problems(object: object): string[] {
  return NodepoolConfig.fromObject(object)._validate();
}

const DRIVERS_WITH_LABELS = ['openstack', 'aws', 'azure', 'gce', 'ibmvpc', 'kubernetes', 'openshift', 'openshiftpods', 'metastatic', 'example', 'fake'];

describe('labels', () => {
  test.each(DRIVERS_WITH_LABELS)('fails when a pool of %s offers an undefined one', driver => {
    expect(problems({ labels: [{ name: 'small' }, { name: 'large' }], providers: [provider(driver, [{ name: 'smal' }])] }))
      .toEqual(['providers[p].pools[main].labels[smal]: label "smal" is not defined; defined labels: small, large']);
  });

  test('fails with file, line and column of the name', () => {
    const config = NodepoolConfig.fromString('labels: []\nproviders:\n  - name: rack\n    driver: aws\n    region-name: r\n    pools:\n      - name: m\n        labels:\n          - key-name: k\n            name: a');
    expect(config._validate()).toEqual(['yaml:10:19: providers[rack].pools[m].labels[a]: label "a" is not defined; defined labels: (there are none)']);
  });

  test.each([
    ['a list', ['a', 'b'], ['providers[p].pools[x].nodes[n].labels[b]: label "b" is not defined; defined labels: a']],
    ['a text of several words', 'a b', ['providers[p].pools[x].nodes[n].labels: label "b" is not defined; defined labels: a']],
    ['a word', 'a', []],
  ])('of a static node may be %s', (_, labels, expected) => {
    expect(problems({ labels: [{ name: 'a' }], providers: [{ name: 'p', driver: 'static', pools: [{ name: 'x', nodes: [{ name: 'n', labels }] }] }] })).toEqual(expected);
  });

  test('of the test driver are texts', () => {
    expect(problems({ providers: [{ name: 'p', driver: 'test', pools: [{ name: 'main', labels: ['a'] }] }] })).toEqual(['providers[p].pools[main].labels[a]: label "a" is not defined; defined labels: (there are none)']);
  });

  test('fails when one has no name', () => {
    expect(problems({ labels: [{ 'min-ready': 1 }] })).toEqual(['labels[0]: "name" is missing; give it a name']);
  });
});

describe('diskimages', () => {
  test('fails when two have one name', () => {
    expect(NodepoolConfig.fromString('diskimages:\n- name: a\n- name: a')._validate())
      .toEqual(['yaml:3:9: diskimages[a]: diskimage "a" is defined twice, first at yaml:2:9; give every diskimage its own name']);
  });

  test('fails when a parent is undefined', () => {
    expect(problems({ diskimages: [{ name: 'a', parent: 'b' }] })).toEqual(['diskimages[a].parent: parent "b" is not defined; defined diskimages: a']);
  });

  test('an empty parent is none', () => {
    expect(problems({ diskimages: [{ name: 'a', parent: '' }] })).toEqual([]);
  });

  test('fails when a built one is its own ancestor', () => {
    expect(problems({ diskimages: [{ name: 'a', parent: 'b' }, { name: 'b', parent: 'c', abstract: true }, { name: 'c', parent: 'b', abstract: true }] }))
      .toEqual(['diskimages[b].parent: diskimage "b" is its own ancestor (b -> c -> b); leave out one "parent"']);
  });

  test('fails, once, when one has more ancestors than Python can follow', () => {
    const chain = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `d${i}`, parent: i ? `d${i - 1}` : undefined }));
    expect(problems({ diskimages: chain(981) })).toEqual([]);
    expect(problems({ diskimages: chain(1100) })).toEqual([
      'diskimages[d981].parent: diskimage "d981" has more than 980 ancestors, which are too many for Nodepool to follow; leave out one "parent"',
    ]);
    expect(problems({ diskimages: chain(1100).reverse() })).toHaveLength(1);
  });

  test('abstract ones in a circle that no built one reaches are never read', () => {
    expect(problems({ diskimages: [{ name: 'a', parent: 'a', abstract: true }] })).toEqual([]);
  });

  test.each(['openstack', 'fake', 'aws', 'azure', 'ibmvpc'])('fails when a provider of %s uploads one that is not built', driver => {
    const images = [{ name: 'a' }, { name: 'base', abstract: true }];
    expect(problems({ diskimages: images, providers: [provider(driver, [], { diskimages: ['a', 'base', 'b'] })] })).toEqual([
      'providers[p].diskimages[base]: diskimage "base" is abstract, so it is never built; diskimages that are built: a',
      'providers[p].diskimages[b]: diskimage "b" is not defined; diskimages that are built: a',
    ]);
  });

  test.each(['openstack', 'fake'])('fails when a label of %s names one that is not built', driver => {
    expect(problems({ labels: [{ name: 'l' }], diskimages: [{ name: 'a' }], providers: [provider(driver, [{ name: 'l', diskimage: 'b' }])] }))
      .toEqual(['providers[p].pools[main].labels[l].diskimage: diskimage "b" is not defined; diskimages that are built: a']);
  });

  test('a label of openstack may name one that its provider does not list', () => {
    expect(problems({ labels: [{ name: 'l' }], diskimages: [{ name: 'a' }], providers: [provider('openstack', [{ name: 'l', diskimage: 'a' }])] })).toEqual([]);
  });

  test.each(['aws', 'azure', 'ibmvpc'])('fails when a label of %s names one that its provider does not upload', driver => {
    const config = { labels: [{ name: 'l' }], diskimages: [{ name: 'a' }, { name: 'b' }], providers: [provider(driver, [{ name: 'l', diskimage: 'b' }], { diskimages: ['a'] })] };
    expect(problems(config)).toEqual(['providers[p].pools[main].labels[l].diskimage: diskimage "b" is not among the diskimages of its provider; diskimages of its provider: a']);
  });
});

describe('cloud images', () => {
  test.each(['openstack', 'fake', 'aws', 'azure', 'gce', 'ibmvpc', 'example'])('fails when a label of %s names one that its provider lacks', driver => {
    const config = { labels: [{ name: 'l' }], providers: [provider(driver, [{ 'name': 'l', 'cloud-image': 'x' }], { cloudImages: ['y'] })] };
    expect(problems(config)).toEqual(['providers[p].pools[main].labels[l].cloud-image: cloud-image "x" is not among the cloud-images of its provider; cloud-images of its provider: ci, y']);
  });

  test('an empty name is none', () => {
    expect(problems({ labels: [{ name: 'l' }], providers: [provider('aws', [{ 'name': 'l', 'cloud-image': '' }])] })).toEqual([]);
  });
});

describe('drivers', () => {
  test('a name that begins with "fake" decides', () => {
    const config = { labels: [{ name: 'l' }], diskimages: [{ name: 'a' }], providers: [{ ...provider('fake', [{ name: 'l', diskimage: 'a' }]), name: 'fake-p', driver: 'aws' }] };
    expect(problems(config)).toEqual([]);
  });

  test.each([
    ['openstack', { pools: [{}] }, ['providers[p].pools[0]']],
    ['openstack', { 'cloud-images': [{}], 'diskimages': [{}] }, ['providers[p].diskimages[0]', 'providers[p].cloud-images[0]']],
    ['static', { pools: [{}] }, ['providers[p].pools[0]']],
    ['gce', { 'cloud-images': [{}] }, ['providers[p].cloud-images[0]']],
  ])('fails when names are missing that %s needs: %j', (driver, more, paths) => {
    expect(problems({ providers: [{ ...provider(driver, []), ...more }] })).toEqual(paths.map(path => `${path}: "name" is missing; give it a name`));
  });
});

describe('what the environment decides', () => {
  test.each([
    'labels: %(NODEPOOL_LABELS)\nproviders: [{name: p, driver: aws, region-name: r, pools: [{name: m, labels: [{key-name: k, name: a}]}]}]',
    'labels: [{name: "x-%(NODEPOOL_A)"}]\nproviders: [{name: p, driver: aws, region-name: r, pools: [{name: m, labels: [{key-name: k, name: x-b}]}]}]',
    'labels: [{name: a}]\nproviders: [{name: p, driver: aws, region-name: r, pools: [{name: m, labels: [{key-name: k, name: "%(NODEPOOL_A)"}]}]}]',
    'providers: [{name: p, driver: "%(NODEPOOL_A)", pools: [{name: m, labels: [{name: a}]}]}]',
    'diskimages: [{name: a, parent: "%(NODEPOOL_A)"}]',
    'labels: [{%(NODEPOOL_NAME): a}]',
  ])('is not judged: %s', yaml => {
    expect(NodepoolConfig.fromString(yaml)._validate()).toEqual([]);
  });
});

test.each([
  { providers: null, labels: 5, diskimages: 'x' },
  { providers: [null, 5, 'x', [], {}], labels: [null, 5, []], diskimages: [null, 'x', {}] },
  { providers: [{ name: 5, driver: 5, pools: 5 }, { name: 'a', driver: 'static', pools: [{ nodes: [5, { labels: 5 }] }] }] },
])('rules bear any shape: %j', object => {
  expect(() => problems(object)).not.toThrow();
});
