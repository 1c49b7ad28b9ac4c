import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodepoolConfig } from '../../src/config';
import { readYaml, YamlFloat, YamlValue } from '../../src/config/yaml';

let directory: string;

beforeAll(() => { directory = mkdtempSync(join(tmpdir(), 'nodepool-config-')); });
afterAll(() => rmSync(directory, { recursive: true }));

/** Writes a file and returns its path. */
function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** What Nodepool would read, with maps as plain objects. */
function written(config: NodepoolConfig, base: Record<string, unknown> = {}): unknown {
  return plain(readYaml(config._withBase(base)).data);
}

function plain(value: YamlValue): unknown {
  if (Array.isArray(value)) { return value.map(plain); }
  return value instanceof Map ? Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)])) : value;
}

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

describe('reading files', () => {
  test('a relative path starts at the current directory', () => {
    file('relative.yaml', 'max-hold-age: 5');
    const cwd = jest.spyOn(process, 'cwd').mockReturnValue(directory);
    const config = NodepoolConfig.fromFile('relative.yaml');
    cwd.mockRestore();
    expect(written(config)).toEqual({ 'max-hold-age': 5 });
  });

  test('several files become one configuration', () => {
    const config = NodepoolConfig.fromFile(
      file('a.yaml', 'labels: [{name: a}]\nwebapp: {port: 1}\nmax-hold-age: 5'),
      file('b.yaml', 'labels: [{name: b}]\nwebapp: {listen_address: x}\nmax-hold-age: 5\nproviders: []'),
    );
    expect(written(config)).toEqual({
      'labels': [{ name: 'a' }, { name: 'b' }], 'webapp': { port: 1, listen_address: 'x' }, 'max-hold-age': 5, 'providers': [],
    });
  });

  test('fails when two files set a value differently, and names both', () => {
    const a = file('c.yaml', 'webapp:\n  port: 1');
    const b = file('d.yaml', 'webapp: {port: 2}');
    expect(failure(() => NodepoolConfig.fromFile(a, b)))
      .toBe(`${b}:1:16: webapp.port: this is set to different values in two files, first at ${a}:2:9; set it in one of them`);
  });

  test('places survive merging', () => {
    const a = file('e.yaml', 'labels: [{name: a}]');
    const b = file('f.yaml', 'providers:\n- name: p\n  driver: aws\n  region-name: r\n  pools:\n  - name: main\n    labels:\n    - name: b\n      key-name: k\n');
    expect(NodepoolConfig.fromFile(a, b)._validate()).toEqual([
      `${b}:8:13: providers[p].pools[main].labels[b]: label "b" is not defined; defined labels: a`,
    ]);
  });

  test.each([
    ['is missing', () => 'nowhere.yaml', 'nowhere.yaml: there is no such file; paths are relative to '],
    ['is a directory', () => directory, 'this is a directory; name the files in it'],
    ['is not UTF-8', () => file('latin1.yaml', Buffer.from('labels:\n  - name: \xe9\n', 'latin1')), 'latin1.yaml:2:11: the file is not UTF-8; save it in that encoding'],
    ['is empty', () => file('empty.yaml', '# nothing\n'), 'empty.yaml:1:1: there is nothing in it; write labels and providers'],
    ['is no map', () => file('list.yaml', '\n- a'), 'list.yaml:2:1: the configuration is a list, not a map'],
    ['is no YAML', () => file('broken.yaml', 'labels: [a'), 'broken.yaml:1:11: a "," or the closing "]" is missing before the end of the text'],
  ])('fails when a file %s', (_, path, message) => {
    expect(failure(() => NodepoolConfig.fromFile(path()))).toContain(message);
  });

  test('fails with the problems of every file at once', () => {
    const message = failure(() => NodepoolConfig.fromFile('nowhere.yaml', file('g.yaml', 'labels: ]'), file('h.yaml', '')));
    expect(message.split('\n')).toHaveLength(3);
  });

  test('fails without a path', () => {
    expect(() => NodepoolConfig.fromFile()).toThrow('fromFile() needs the path of a file');
  });
});

describe('reading a text', () => {
  test('keeps every value as Nodepool reads it', () => {
    const config = NodepoolConfig.fromString('zookeeper-timeout: 10.0\nlabels: [{name: "0600", min-ready: 0600}]');
    expect(written(config)).toEqual({ 'zookeeper-timeout': new YamlFloat(10), 'labels': [{ 'name': '0600', 'min-ready': 384 }] });
  });

  test('fails when it is empty', () => {
    expect(() => NodepoolConfig.fromString('')).toThrow('there is nothing in it; write labels and providers');
  });

  test('fails on a key that Nodepool does not know, with the one that was meant', () => {
    expect(NodepoolConfig.fromString('label: []\nfoo: 1')._validate()).toEqual([
      'yaml:1:1: label: key "label" is not known at the top level; did you mean "labels"?',
      'yaml:2:1: foo: key "foo" is not known at the top level; known keys: webapp, elements-dir, images-dir, build-log-dir, build-log-retention, '
        + 'zookeeper-servers, zookeeper-tls, zookeeper-timeout, labels, diskimages, providers, max-hold-age, tenant-resource-limits',
    ]);
  });
});

describe('taking an object', () => {
  test('keeps numbers apart and drops what is undefined', () => {
    const config = NodepoolConfig.fromObject({
      'max-hold-age': 5, 'zookeeper-timeout': 0.5, 'labels': [{ 'name': 'a', 'min-ready': undefined }, undefined], 'providers': new Map([['name', 1n]]),
    });
    expect(config._withBase({})).toBe('max-hold-age: 5\nzookeeper-timeout: 0.5\nlabels:\n  - name: a\nproviders:\n  name: 1\n');
  });

  test('does not change with the object it was made from', () => {
    const object = { labels: [{ name: 'a' }] };
    const config = NodepoolConfig.fromObject(object);
    object.labels.push({ name: 'b' });
    config.addLabel({ name: 'c' });
    expect(written(config)).toEqual({ labels: [{ name: 'a' }, { name: 'c' }] });
    expect(object.labels).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  test('fails with every value that YAML cannot say, by its path', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    expect(failure(() => NodepoolConfig.fromObject({ labels: [() => 1], providers: [{ when: new Date(0) }], webapp: cycle, diskimages: new Map([[NaN, 1]]) })).split('\n'))
      .toEqual([
        'labels[0]: a function cannot be written as YAML; give plain data',
        'providers[0].when: an instance of Date cannot be written as YAML; give plain data',
        'webapp.self: an object contains itself; give data that ends',
        'diskimages.NaN: NaN cannot be a key; give a text or a number',
      ]);
  });

  test.each([[null, 'there is nothing in it'], [[], 'the configuration is a list, not a map'], ['labels', 'the configuration is a text, not a map']])('fails on %p', (object, message) => {
    expect(() => NodepoolConfig.fromObject(object)).toThrow(message);
  });
});

describe('adding', () => {
  test('labels, providers and diskimages reach the text', () => {
    const config = NodepoolConfig.fromString('labels:\n- name: a');
    config.addLabel({ 'name': 'b', 'min-ready': 2 });
    config.addProvider({ name: 'p', driver: 'static' });
    config.addDiskimage({ name: 'i' });
    expect(written(config)).toEqual({
      labels: [{ name: 'a' }, { 'name': 'b', 'min-ready': 2 }], providers: [{ name: 'p', driver: 'static' }], diskimages: [{ name: 'i' }],
    });
  });

  test('a label added later satisfies a pool', () => {
    const config = NodepoolConfig.fromString('providers: [{name: p, driver: static, pools: [{name: main, nodes: [{name: n, labels: [a]}]}]}]');
    expect(config._validate()).toHaveLength(1);
    config.addLabel({ name: 'a' });
    expect(config._validate()).toEqual([]);
  });

  test.each<[unknown, string]>([
    ['a', 'labels[0]: this is a text, not a map'],
    [{}, 'labels[0]: "name" is missing; give it a name'],
    [{ name: Symbol('a') }, 'labels[0].name: a symbol cannot be written as YAML'],
  ])('fails on %p', (label, message) => {
    expect(() => NodepoolConfig.fromObject({}).addLabel(label)).toThrow(message);
  });

  test('fails when there is something else than a list', () => {
    expect(() => NodepoolConfig.fromString('labels: 5').addLabel({ name: 'a' })).toThrow('labels: this is no list, so nothing can be added to it');
  });
});

describe('environment variables', () => {
  const text = 'webapp:\n  port: %(NODEPOOL_PORT)\nproviders:\n  - name: "%(NODEPOOL_ENV)-%(NODEPOOL_PORT)"\n';

  test('stay in the text as they were written', () => {
    expect(NodepoolConfig.fromString(text)._withBase({})).toBe(text);
  });

  test('are listed once each, sorted', () => {
    expect(NodepoolConfig.fromString(text).environmentVariables).toEqual(['NODEPOOL_ENV', 'NODEPOOL_PORT']);
  });

  test('are listed for what was added, and not for comments', () => {
    const config = NodepoolConfig.fromString('labels: [] # %(NODEPOOL_A)');
    config.addLabel({ name: '%(NODEPOOL_B)' });
    expect(config.environmentVariables).toEqual(['NODEPOOL_B']);
  });
});

describe('for the stack', () => {
  test('base settings come first', () => {
    const config = NodepoolConfig.fromString('providers: []\nlabels: []');
    expect(config._withBase({ 'webapp': { port: 8006 }, 'images-dir': '/x' })).toBe('webapp:\n  port: 8006\nimages-dir: /x\nproviders: []\nlabels: []\n');
  });

  test('settings of the stack that the user makes are named with their places', () => {
    expect(NodepoolConfig.fromString('labels: []\nwebapp: {port: 1}')._baseKeys()).toEqual([{ key: 'webapp', prop: 'launcher.webapp', place: { file: undefined, line: 2, column: 1 } }]);
    expect(NodepoolConfig.fromObject({ 'images-dir': '/x' })._baseKeys()).toEqual([{ key: 'images-dir', prop: 'builder.imagesDir', place: undefined }]);
  });

  test('what is read only at start does not depend on order or on anything else', () => {
    const base = { 'zookeeper-tls': { cert: 'a', key: 'b' } };
    const turned = { 'zookeeper-tls': { key: 'b', cert: 'a' } };
    const one = NodepoolConfig.fromString('zookeeper-timeout: 5.0\nlabels: []');
    const other = NodepoolConfig.fromString('labels: [{name: a}]\nzookeeper-timeout: 5.0');
    expect(one._startOnly(base)).toBe(other._startOnly(turned));
    expect(one._startOnly(base)).toBe('zookeeper-tls:\n  cert: a\n  key: b\nzookeeper-timeout: 5.0\n');
    expect(one._startOnly(base)).not.toBe(one._startOnly({}));
  });

  test.each([
    ['diskimages: []', false],
    ['diskimages: [{name: a}]', false],
    ['diskimages: [{name: a, abstract: true, formats: [raw]}]', false],
    ['diskimages: [{name: a, formats: [raw]}]', true],
    ['diskimages: [{name: a, abstract: true}, {name: b, parent: a}]', true],
  ])('%s: a builder is needed: %p', (yaml, needed) => {
    expect(NodepoolConfig.fromString(yaml)._hasDiskimagesToBuild()).toBe(needed);
  });

  test.each([
    ['labels: []', 28800],
    ['diskimages: [{name: a}]', 28800],
    ['diskimages: [{name: a, build-timeout: 60}]', 60],
    ['diskimages: [{name: a, build-timeout: 60}, {name: b, build-timeout: 90}]', 90],
    ['diskimages: [{name: a, build-timeout: 60, abstract: true}, {name: b, parent: a}]', 60],
    ['diskimages: [{name: a, build-timeout: 60, abstract: true}, {name: b, parent: a, build-timeout: 0}]', 60],
    ['diskimages: [{name: a, build-timeout: 99999, abstract: true}, {name: b, parent: a, build-timeout: 30}]', 30],
    ['diskimages: [{name: a, parent: a}]', 28800],
  ])('%s: the longest build takes %p seconds', (yaml, seconds) => {
    expect(NodepoolConfig.fromString(yaml)._longestBuildTimeout()).toBe(seconds);
  });

  test.each([['100.5', 101], ['.inf', 28800], ['-400', 28800]])('a build-timeout of %s becomes a whole number of seconds to wait', (timeout, seconds) => {
    expect(NodepoolConfig.fromString(`diskimages: [{name: a, formats: [raw], build-timeout: ${timeout}}]`)._longestBuildTimeout()).toBe(seconds);
  });

  test('contexts, clouds and profiles are those that Nodepool uses', () => {
    const config = NodepoolConfig.fromObject({
      providers: [
        { name: 'a', cloud: 'one' }, { name: 'b', driver: 'openstack', cloud: 'two' }, { name: 'fake-c', driver: 'aws', cloud: 'one' },
        { 'name': 'd', 'driver': 'aws', 'profile-name': 'prod' }, { name: 'e', driver: 'kubernetes', context: 'k' }, { name: 'f', driver: 'kubernetes' },
      ],
    });
    expect(config._contexts()).toEqual([{ provider: 'e', driver: 'kubernetes', context: 'k' }, { provider: 'f', driver: 'kubernetes', context: undefined }]);
    expect(config._clouds()).toEqual(['one', 'two']);
    expect(config._awsProfiles()).toEqual(['prod']);
  });
});

describe('warnings', () => {
  test('name a key that stands twice', () => {
    expect(NodepoolConfig.fromString('max-hold-age: 1\nmax-hold-age: 2').warnings).toEqual([
      'yaml:2:1: key "max-hold-age" stands twice in one map, on line 1 and on line 2; Nodepool keeps the last; remove one of them',
    ]);
  });

  test('name what only config-validate refuses', () => {
    expect(NodepoolConfig.fromString('max-hold-age:\t1').warnings).toEqual([
      'yaml:1:14: a tab stands where only spaces may: Nodepool\'s daemons read it, "nodepool config-validate" refuses it; write spaces instead of the tab',
    ]);
  });

  test('name labels and providers that stand twice', () => {
    expect(NodepoolConfig.fromString('labels: [{name: a}, {name: a}]').warnings).toEqual([
      'yaml:1:28: labels[a]: label "a" is defined twice, first at yaml:1:17; Nodepool keeps the last',
    ]);
  });
});
