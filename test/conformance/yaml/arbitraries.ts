import fc from 'fast-check';
import { keyIdentity, writeYaml, YamlBinary, YamlFloat, YamlMap, YamlPairs, YamlSet, YamlTimestamp, YamlValue } from '../../../src/config/yaml';

/** Strings that look like something else, or that a careless writer spoils. */
export const AWKWARD_STRINGS = [
  '', ' ', ' x', 'x ', '0600', '0x1F', '0b1', '0o17', '1_000', '1:30', '190:20:30.15', '1e3', '1.5e+5', '.5', '5.', '.inf', '-.INF', '.nan',
  'yes', 'No', 'ON', 'y', 'n', 'true', 'True', 'tRue', '~', 'null', 'Null', '=', '<<', '2001-01-01', '2001-02-30', '2001-1-1 1:2:3', '-', '- x', '-x',
  '--- ', '---', '...', '%x', '@x', '`x`', '!x', '!!str', '&a', '*a', '|', '>', '? x', '?', ':', ': x', 'a: b', 'a:b', 'a:', 'a #b', 'a#b', '#a', '[a]',
  '{a}', 'a, b', '{{ x }}', '"x"', "'x'", "it's", '\\', '\\n', 'a\tb', '\ta', 'a\t', '\n', '\n\n', 'a\n', 'a\n\n', 'a\nb', 'a\n\nb\n', ' a\nb', 'a\n b\n',
  '\na', '\n\n a\n', '\n\ta', 'a\n\t\nb', 'a\n  \n', '  \na', 'a\r\nb', 'a\rb', 'a\x85b', 'a\u2028b', 'a\u2029b', '\ufeffa', 'a\ufeff', '\x00', '\x07', '\x1b[0m',
  '\x7f', '\xa0', '\xad', '\u200b', 'é', 'é\né\n', '😀', '😀\n😀', '#!/bin/sh\nset -e\n\techo "a: b" # c\n', 'a \nb', '---\na', 'a\n---\n', '%YAML 1.1\n---\n',
  '+1', '-1', '+x', '0', '-0', '1,000', '1.2.3', '10.0.0.1', '::1', 'a/b', './a', '~/a', '(a)', '^a$', 'a'.repeat(200), 'a b '.repeat(300), 'é"'.repeat(600),
  '%(NODEPOOL_', '\u{10ffff}', '\ue000', '\ufffd', 'x\ufffey', '__proto__', 'constructor',
];

/** Pieces that random texts are made of. */
const PIECES = [
  'a', 'b', 'k', 'a: ', 'b: ', '- ', '? ', ': ', ':', '-', '?', '\n', '\n', '\n', '\n  ', '\n ', '\n    ', ' ', '  ', '\t', '[', ']', '{', '}', ',', ', ',
  '#', ' #c', '"', "'", '"x"', "'y'", '|', '>', '|-\n', '>+\n', '|2\n', '>-', '&a ', '*a ', '&b', '*b', '!', '!!str ', '!!int ', '!x ',
  '!<tag:yaml.org,2002:str> ', '!!set', '!!omap', '!!pairs\n', '!!binary ', '!!float ', '!!null ', '!!timestamp ', '!!map', '!!seq', '!!bool ', '%',
  '%YAML 1.1\n', '%TAG ! x:\n', '---', '--- ', '...', '\n---\n', '\n...\n', '<<: ', '<<', '=', '1', '0', '07', '0x1F', '1:30', '1.5', '1e3', '1_0',
  '2001-01-01', '2001-01-01 1:2:3', '~', 'null', 'yes', 'no', '.inf', '.nan', '\\', '\\n', '\\x41', '\\\n', '\x85', '\u2028', '\r\n', '\r', '\ufeff', 'é', '😀',
  '@', '`', 'x y', "it's", 'a:b', 'a#b', '0600', '-1', '+1', '.5', '5.', '::', "''", '\\"', '\\u00e9', '{a: b}', '[a, b]', '- a\n- b\n', 'a: 1\nb: 2\n',
  'k:\n  - x\n', '  k: v\n', 'k: |\n  x\n   y\n\n', 'k: >\n  x\n  y\n   z\n', '<<: *a\n', 'QUJD', 'QUI=', '==', '1.', 'e+5', '__', 'Z', '+01:00',
];

const awkward = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...AWKWARD_STRINGS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map(pieces => pieces.join('')) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(' ', '\n', 'a', '\t', '#', ':', '-', '0', '.', '_'), { maxLength: 8 }).map(pieces => pieces.join('')) },
);

const timestamp = fc.record({
  date: fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
  microsecond: fc.constantFrom(0, 1, 500_000, 999_999),
  offset: fc.constantFrom(undefined, 0, 60, -90, 845),
  dateOnly: fc.boolean(),
}).map(({ date, microsecond, offset, dateOnly }) => {
  const time = { hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds(), microsecond, offset };
  return new YamlTimestamp(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), dateOnly ? undefined : time);
});

const scalar: fc.Arbitrary<YamlValue> = fc.oneof(
  { weight: 6, arbitrary: awkward },
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }).chain(value => fc.constantFrom(value, -value)),
  fc.double().map(value => new YamlFloat(value)),
  fc.integer().map(value => new YamlFloat(value)),
  timestamp,
  fc.uint8Array({ maxLength: 80 }).map(bytes => new YamlBinary(Buffer.from(bytes).toString('base64'))),
);

/** Any data that YAML can say. */
export const anyData: fc.Arbitrary<YamlValue> = fc.letrec<Record<'node' | 'key' | 'list' | 'map' | 'set' | 'pairs', YamlValue>>(tie => ({
  node: fc.oneof({ maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: scalar }, { weight: 3, arbitrary: tie('map') }, { weight: 2, arbitrary: tie('list') }, tie('set'), tie('pairs')),
  key: scalar,
  list: fc.array(tie('node'), { maxLength: 4 }),
  map: fc.array(fc.tuple(tie('key'), tie('node')), { maxLength: 4 }).map(entries => distinct(entries)),
  set: fc.array(tie('key'), { maxLength: 3 }).map(items => new YamlSet([...distinct(items.map(item => [item, null])).keys()])),
  pairs: fc.array(fc.tuple(tie('node'), tie('node')), { maxLength: 3 }).map(pairs => new YamlPairs(pairs)),
})).node;

/** Drops keys that Python takes for equal. */
function distinct(entries: Array<[YamlValue, YamlValue]>): YamlMap {
  const seen = new Set<unknown>();
  return new Map(entries.filter(([key]) => {
    const identity = keyIdentity(key);
    return !seen.has(identity) && seen.add(identity);
  }));
}

const pieces = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 30, size: 'max' }).map(parts => parts.join(''));

/** Written YAML with a few pieces put in or cut out: mostly valid, where random text is mostly not. */
const mutated = fc.tuple(anyData, fc.array(fc.tuple(fc.nat(400), fc.nat(3), fc.constantFrom('', ...PIECES)), { maxLength: 3 }))
  .map(([data, edits]) => edits.reduce((text, [place, cut, piece]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + piece + text.slice(at + cut);
  }, writeYaml(data)));

/** One scalar behind a key, a dash or a tag. */
const oneScalar = fc.tuple(
  fc.constantFrom('k: ', '- ', '', '!!int ', '!!float ', '!!bool ', '!!timestamp ', '!!binary ', '!!null ', '! ', '"k": ', '? ', '[', '{'),
  fc.oneof(awkward, fc.array(fc.constantFrom(...'0123456789_.:-+eExbTZ aAfF =~'), { maxLength: 10 }).map(parts => parts.join(''))),
  fc.constantFrom('', '\n', ' # c\n', ']', '}', ': v\n'),
).map(parts => parts.join(''));

/** Texts of every kind, without halves of surrogate pairs: a file cannot hold them. */
export const anyText = fc.oneof(pieces, mutated, oneScalar).map(text => text.replace(/[\ud800-\udfff]/gu, ''));
