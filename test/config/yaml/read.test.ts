import cases from './pyyaml-cases.json';
import { readYaml, YamlEnvText, YamlError, YamlFloat, YamlMap } from '../../../src/config/yaml';
import { encode } from '../../conformance/yaml/encode';

/** A text, and what the real PyYAML made of it when the case was recorded. */
interface Case {
  readonly yaml: string;
  /** What libyaml's loader reads, in the words of `worker.py`. */
  readonly value?: unknown;
  readonly refused?: boolean;
  /** Whether the loader written in Python refuses what libyaml's reads. */
  readonly validatorRefuses?: boolean;
}

function refusal(yaml: string): YamlError {
  try {
    readYaml(yaml, { file: 'nodepool.yaml' });
  } catch (error) {
    return error as YamlError;
  }
  throw new Error('it was read');
}

describe.each(Object.entries(cases as Record<string, Case[]>))('reads %s as PyYAML does', (_, group) => {
  test.each(group.filter(one => !one.refused).map(one => [JSON.stringify(one.yaml).slice(0, 80), one] as const))('%s', (_name, one) => {
    const document = readYaml(one.yaml);
    expect(encode(document.data)).toEqual(one.value);
    expect(document.pureOnlyErrors.length > 0).toBe(one.validatorRefuses ?? false);
  });

  const refused = group.filter(one => one.refused);
  if (refused.length === 0) { return; }
  test.each(refused.map(one => [JSON.stringify(one.yaml).slice(0, 80), one] as const))('fails on %s', (_name, one) => {
    const error = refusal(one.yaml);
    expect(error).toBeInstanceOf(YamlError);
    expect(error.message).toMatch(/^nodepool\.yaml:\d+:\d+: ./);
  });
});

test('knows line and column of every node', () => {
  const { node } = readYaml('labels:\n  - name: small\r\n    min-ready: 1\u20282: x');
  const found: string[] = [];
  const walk = (current: typeof node): void => {
    if (current?.kind === 'scalar') { found.push(`${current.value}@${current.line}:${current.column}`); }
    if (current?.kind === 'sequence') { current.value.forEach(walk); }
    if (current?.kind === 'mapping') { current.value.forEach(pair => pair.forEach(walk)); }
  };
  walk(node);
  expect(found).toEqual(['labels@1:1', 'name@2:5', 'small@2:11', 'min-ready@3:5', '1@3:16', '2@4:1', 'x@4:4']);
});

test('keeps integers and floating point numbers apart', () => {
  expect(readYaml('[1, 1.0, 12345678901234567890]').data).toEqual([1, new YamlFloat(1), 12345678901234567890n]);
});

test('keeps __proto__ as an ordinary key', () => {
  const data = readYaml('__proto__: {polluted: yes}').data as YamlMap;
  expect([...data.keys()]).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('reports a key that stands twice with both lines', () => {
  expect(readYaml('a: 1\nb: 2\na: 3', { file: 'f' }).duplicates).toEqual([
    expect.objectContaining({ file: 'f', line: 3, column: 1, problem: 'key "a" stands twice in one map, on line 1 and on line 3; Nodepool keeps the last' }),
  ]);
});

test('does not report a key that overrides a merged one', () => {
  expect(readYaml('a: &x {b: 1}\nc: {<<: *x, b: 2}').duplicates).toEqual([]);
});

test.each([
  ['a: [b', '1:6', 'is missing before the end of the text'],
  ['a: "b', '1:4', 'quoted text is not closed'],
  ['a: @b', '1:4', 'a value cannot begin with "@"'],
  ['a:\n\tb: c', '2:1', 'a tab stands where only spaces may'],
  ['a: 2001-02-30', '1:4', '"2001-02-30" is not a date that exists'],
  ['a: !secret b', '1:4', 'tag "!secret" is not known to Nodepool'],
  ['a: *b', '1:4', 'alias "*b" has no anchor'],
  ['a: &x [*x]', '1:8', 'stands inside its own anchor'],
  ['a: {{ x }}', '1:5', 'a map as the key of a map'],
  ['a: 1\n---\nb: 2', '2:1', 'a second document in one file'],
  ['a: \x07', '1:4', 'character U+0007 cannot stand in YAML'],
  ['a: b: c', '1:5', 'a second ": " in one value'],
  ['a: 1\nb\nc: 2', '2:1', 'this text is no "key: value" of the map that begins on line 1'],
])('fails on %j at its place', (yaml, place, problem) => {
  const error = refusal(yaml);
  expect(`${error.line}:${error.column}`).toBe(place);
  expect(error.message).toContain(`nodepool.yaml:${place}: `);
  expect(error.problem).toContain(problem);
});

test('reports the first of two mistakes, whichever stage finds it', () => {
  expect(refusal('a: [b}\nc: @d').line).toBe(1);
});

test('reads a number of a million parts to the base 60', () => {
  const { data } = readYaml(`1${':00'.repeat(1_000_000)}`);
  expect(typeof data).toBe('bigint');
});

test('passes over a million blanks in what should be a number', () => {
  expect(() => readYaml(`!!float "1${' '.repeat(1_000_000)}x"`)).toThrow('is not a number');
});

test.each([['[', ']'], ['{a: ', '}']])('only the daemons read some 490 levels and more of %s', (open, close) => {
  const nested = (depth: number) => readYaml(`${open.repeat(depth)}1${close.repeat(depth)}`).pureOnlyErrors.map(({ problem }) => problem);
  expect(nested(488)).toEqual([]);
  expect(nested(489)).toEqual(['more than 489 levels of nesting']);
  expect(nested(900)).toEqual(['more than 489 levels of nesting']);
});

test.each([
  ['brackets', '['.repeat(10_000)],
  ['dashes', '- '.repeat(10_000)],
  ['aliases of aliases', Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(i ? `*a${i}` : 'x')}]`).join('\n')],
  ['merge keys of merge keys', `a0: &a0 {a: 1}\n${Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}`).join('\n')}`],
  ['megabytes', 'a: b\n'.repeat(2_000_000)],
])('fails on a bomb of %s with one error', (_, yaml) => {
  expect(refusal(yaml)).toBeInstanceOf(YamlError);
});

describe('with %(NODEPOOL_…) in it', () => {
  const read = (yaml: string) => readYaml(yaml, { placeholders: true }).data;

  test('an unquoted one is a value whose type only the pod knows', () => {
    expect(read('port: %(NODEPOOL_PORT)')).toEqual(new Map([['port', new YamlEnvText('%(NODEPOOL_PORT)', 'plain')]]));
    expect(read('[%(NODEPOOL_A), x-%(NODEPOOL_B)]')).toEqual([new YamlEnvText('%(NODEPOOL_A)', 'plain'), new YamlEnvText('x-%(NODEPOOL_B)', 'plain')]);
  });

  test('a quoted one stays in its kind of quotes', () => {
    expect(read('- "%(NODEPOOL_A)"\n- \'%(NODEPOOL_A)\'\n- |\n  %(NODEPOOL_A)\n')).toEqual([
      new YamlEnvText('%(NODEPOOL_A)', 'double'), new YamlEnvText('%(NODEPOOL_A)', 'single'), new YamlEnvText('%(NODEPOOL_A)\n', 'literal'),
    ]);
  });

  test('one can be a key at the beginning of a line', () => {
    expect(read('%(NODEPOOL_KEY): 1')).toEqual(new Map([[new YamlEnvText('%(NODEPOOL_KEY)', 'plain'), 1]]));
  });

  test('fails on other text that begins with %', () => {
    expect(() => read('a: %(OTHER)')).toThrow('a value cannot begin with "%"');
  });
});
