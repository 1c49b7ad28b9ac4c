import fc from 'fast-check';
import { fastDifference } from './fast-agrees';
import cases from './pyyaml-cases.json';
import { readFast } from '../../../src/config/yaml/fast';
import probes from '../verdicts/probes.json';

const PLAIN = [
  'a: 1\nb:\n  c: x # comment\n  d: "q"\n  # comment\n\n  e: \'s\'  # c\nf:\n- a\n- b: 1\n  c:\n  - x\n- d:\n    e: 1\ng:\n  - 1.5\n  - yes\n  -   h: ~\n      i:\nj:\n',
  '---\na: b:c\nd: e#f\ng: x # y\nh: a, b [c] {d} & * !\ni: -1\nj: 0600\nk: 1:30\nl: (x)\nm: \'\'\nn: aé\n',
  'a:\nb:\n\n# c\n\nd:\n  e:\n\nf: x',
  'a: [b, "c d", e f , 1, ~]  # g\nh:\n  - {i: 1, j: [k, {l: \'it\'\'s\'}]}\n  - []\n  - m: { n: 0.5 }\n',
  'a: |\n  #!/bin/sh\n\n    b: c\n\n\nd:\n- |-\n e\n\n- f: |+\n    g\n\n  h: \'i\'\'j\'\n',
];

/** What texts near to plain are made of. */
const PIECES = ['k: ', 'x', 'y: ', '1', 'a b', '\n', '\n  ', '\n    ', '\n- ', '\n  - ', '[', ']', '{', '}', ', ', ',', '|', '|-', '|+', '>', "'", "''", '"', ' # c', '#', ' ', ':', '-', '~', 'b.c/d', '%', '@', 'null', '=', '<<', '.5'];

test.each(PLAIN)('reads plain text quickly, and as the complete reader does: %j', text => {
  expect(readFast(text)).toBeDefined();
  expect(fastDifference(text)).toBeUndefined();
});

test.each([
  'a: b\n  c', 'a:\n  b', 'a: "x\n  y"', 'a: "\\n"', "a: 'it's'", 'a: |\n  x', 'a: |\n\n  x\n', 'a: |\n   x\n  y\n', 'a: |\n  x\n   \n', 'a: |2\n  x\n', 'a: |\nb: c\n', 'a: >\n  x\n',
  'a: [x', 'a: [x,]', 'a: [x] y', 'a: [x]#', 'a: [,]', 'a: {b}', 'a: {b: }', 'a: {yes: 1}', 'a: {b: 1, b: 2}', 'a: [b: c]', 'a: [b:c]', 'a: [?]', 'a: [- b]', 'a: {b: 1}\n  c', 'a: &b c', 'a: *b', 'a: !!str x', '? a\n: b', '<<: a', 'yes: a', '"a": b',
  'a:\tb', 'a: b\r\n', 'a: x: y', 'a: b:', '- a', '- - a', 'a:\n-\n', 'a: 1\na: 2', 'a: 1\n b: 2', '  a: 1', 'a:\n  - b\n - c', 'a:\n    b: 1\n  c: 2', 'a: 2020-01-01', '...', '%YAML 1.1',
  'a: 1\n---\nb: 2', 'a: @x', 'a: `x`', 'a: %x', 'a: -', 'a: - b', 'a: ?', 'a: ,', 'a: #', '1: a', 'a : b', 'a: x\x85y', 'a: \ufeffx', '- a\n  b: c', 'a: =', '# nothing', '', 'a:\n- b: 1\n  - c', 'a:#x',
])('passes on what is not plain, or agrees: %j', text => {
  expect(fastDifference(text)).toBeUndefined();
});

test('agrees wherever it reads a recorded configuration', () => {
  const texts = [...probes.map(({ yaml }) => yaml), ...Object.values(cases).flat().map(({ yaml }) => yaml)];
  expect(texts.map(text => [text, fastDifference(text)]).filter(([, difference]) => difference)).toEqual([]);
  expect(probes.filter(({ yaml }) => readFast(yaml)).length).toBeGreaterThan(50);
});

test('agrees with the complete reader on whatever looks plain', () => {
  const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map(pieces => `k: ${pieces.join('')}`);
  let read = 0;
  fc.assert(fc.property(texts, text => {
    if (readFast(text)) { read++; }
    expect(fastDifference(text)).toBeUndefined();
  }), { numRuns: 5000, seed: 1 });
  expect(read).toBeGreaterThan(200);
});
