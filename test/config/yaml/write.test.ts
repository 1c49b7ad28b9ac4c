import {
  readYaml, writeYaml, YamlBinary, YamlEnvText, YamlFloat, YamlMap, YamlPairs, YamlSet, YamlTimestamp, YamlValue,
} from '../../../src/config/yaml';
import { AWKWARD_STRINGS } from '../../conformance/yaml/arbitraries';

function map(object: Record<string, YamlValue>): YamlMap {
  return new Map(Object.entries(object));
}

test('writes maps and lists in block style, in their order', () => {
  const data = map({
    labels: [map({ 'name': 'small', 'min-ready': 1 }), map({ name: 'large' })],
    providers: [],
    webapp: map({}),
    nested: [['a', ['b']], 'c'],
  });
  expect(writeYaml(data)).toBe([
    'labels:', '  - name: small', '    min-ready: 1', '  - name: large', 'providers: []', 'webapp: {}', 'nested:', '  - - a', '    - - b', '  - c', '',
  ].join('\n'));
});

test.each<[YamlValue, string]>([
  ['small', 'small'],
  ['fedora 40 (x86)', 'fedora 40 (x86)'],
  ['/var/lib/nodepool', '/var/lib/nodepool'],
  ['0600', '"0600"'],
  ['yes', '"yes"'],
  ['1e3', '"1e3"'],
  ['=', '"="'],
  ['', '""'],
  ['a: b', '"a: b"'],
  ['a #b', '"a #b"'],
  ['say "hi"', 'say "hi"'],
  ['"hi" there', "'\"hi\" there'"],
  ['a\tb', '"a\\tb"'],
  ['a\r\n', '"a\\r\\n"'],
  ['\x85', '"\\N"'],
  ['\ufeff', '"\\uFEFF"'],
  ['é', 'é'],
  [12345678901234567890n, '12345678901234567890'],
  [new YamlFloat(10), '10.0'],
  [new YamlFloat(1e16), '10000000000000000.0'],
  [new YamlFloat(1e21), '1.0e+21'],
  [new YamlFloat(1.5e-7), '1.5e-7'],
  [new YamlFloat(-0), '-0.0'],
  [new YamlFloat(Infinity), '.inf'],
  [new YamlFloat(NaN), '.nan'],
  [new YamlTimestamp(2001, 2, 3), '2001-02-03'],
  [new YamlTimestamp(2001, 2, 3, { hour: 4, minute: 5, second: 6, microsecond: 70, offset: -90 }), '2001-02-03T04:05:06.000070-01:30'],
  [new YamlBinary('aGk='), '!!binary "aGk="'],
  [null, 'null'],
  [true, 'true'],
])('writes %p as %s', (value, text) => {
  expect(writeYaml(map({ k: value }))).toBe(`k: ${text}\n`);
  expect(readYaml(`k: ${text}`).data).toEqual(map({ k: value }));
});

test('writes a script as a literal block', () => {
  const script = '#!/bin/sh\nset -e\n\n\techo "a: b" # c\n';
  expect(writeYaml(map({ userdata: script }))).toBe('userdata: |\n  #!/bin/sh\n  set -e\n\n  \techo "a: b" # c\n');
});

test.each(['a\nb', 'a\nb\n', 'a\n\n', '  a\nb\n', '\n\na', 'a\n  \n'])('keeps the line breaks and indentation of %j', text => {
  const written = writeYaml([text, map({ k: text })]);
  expect(written).toContain('|');
  expect(readYaml(written).data).toEqual([text, map({ k: text })]);
});

test.each(AWKWARD_STRINGS.map(text => [JSON.stringify(text).slice(0, 40), text]))('reads %s back wherever it stands', (_, text) => {
  const data = [text, map({ k: text }), new Map<YamlValue, YamlValue>([[text, [[text]]]]), new YamlSet([text]), new YamlPairs([[text, text]])];
  expect(readYaml(writeYaml(data)).data).toEqual(data);
});

test('writes keys of every type', () => {
  const data: YamlMap = new Map<YamlValue, YamlValue>([[1, 'a'], ['1', 'b'], [null, 'c'], ['true', 'd'], [new YamlFloat(1.5), 'e'], ['long '.repeat(300), 'f']]);
  expect(readYaml(writeYaml(data)).data).toEqual(data);
});

test('writes what stands in several places out in full, never as an alias', () => {
  const shared = map({ a: 1 });
  expect(writeYaml([shared, shared])).toBe('- a: 1\n- a: 1\n');
});

test('writes the same text for what it reads from its own text', () => {
  const text = writeYaml(readYaml('{a: [1, {b: "0600"}], c: !!set {x}, d: |\n x\n}'.replace('d: |\n x\n', 'd: 1.0')).data);
  expect(writeYaml(readYaml(text).data)).toBe(text);
});

test('writes %(NODEPOOL_…) as it was read', () => {
  const text = 'port: %(NODEPOOL_PORT)\nhost: zk.%(NODEPOOL_ENV).example.com\nquoted: "%(NODEPOOL_A)"\nsingle: \'%(NODEPOOL_A)\'\n%(NODEPOOL_KEY): |\n  a %(NODEPOOL_B)\n';
  expect(writeYaml(readYaml(text, { placeholders: true }).data)).toBe(text);
});

test('quotes %(NODEPOOL_…) in a text that came as an object', () => {
  expect(writeYaml(map({ k: new YamlEnvText('%(NODEPOOL_A)', 'double'), j: 'x%(NODEPOOL_A)' }))).toBe('k: "%(NODEPOOL_A)"\nj: "x%(NODEPOOL_A)"\n');
});

test('fails on half of a surrogate pair', () => {
  expect(() => writeYaml(['\ud800'])).toThrow('half of a surrogate pair');
});
