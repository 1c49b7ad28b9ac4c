import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import cases from './rules.json';
import { NodepoolConfig } from '../../../src/config';
import { REFUSALS } from '../../../src/config/check/rule-ids';

const SRC = join(__dirname, '../../../src/config');
const DOCS = readFileSync(join(__dirname, '../../../docs/validation.md'), 'utf8');

/** Every rule id that stands in the code. */
function ruleIds(): Set<string> {
  const sources = (readdirSync(SRC, { recursive: true }) as string[]).filter(file => file.endsWith('.ts')).map(file => readFileSync(join(SRC, file), 'utf8'));
  const written = sources.flatMap(source => [
    ...source.matchAll(/\brule: (?:\w+ \? )?'([a-z-]+)'(?: : '([a-z-]+)')?/g),
    ...source.matchAll(/\bfail\(\s*'([a-z-]+)'/g),
  ].flatMap(([, ...ids]) => ids.filter(id => id)));
  return new Set([...written, 'unknown-cloud-image', 'unknown-diskimage']);
}

// Each rule, with a configuration that breaks it, and what is said where.
test.each(cases.map(example => [`${example.rule}: ${example.yaml.trim()}`, example] as const))('%s', (_, example) => {
  const found = NodepoolConfig.check(example.yaml, { clouds: ['c'] }).filter(finding => finding.rule === example.rule);
  const told = found.map(({ severity, validator, loader, line, column, path, message, remedy }) => ({
    severity, refusedBy: [...validator ? ['validator'] : [], ...loader ? ['loader'] : []], at: `${line}:${column} ${path}`, says: `${message}; ${remedy}`,
  }));
  const { severity, refusedBy, at, says } = example;
  expect(told).toContainEqual({ severity, refusedBy, at, says });
});

test('every rule has an example', () => {
  const examples = new Set(cases.map(({ rule }) => rule));
  expect([...ruleIds()].filter(rule => !examples.has(rule))).toEqual([]);
});

test('every rule is described', () => {
  expect([...ruleIds()].filter(rule => !DOCS.includes(`| \`${rule}\` |`))).toEqual([]);
});

test('no rule is described that does not exist', () => {
  const ids = ruleIds();
  expect(Array.from(DOCS.matchAll(/^\| `([a-z-]+)` \| (?:V|L|–)/gm), found => found[1]).filter(rule => !ids.has(rule))).toEqual([]);
});

test('rules that refuse are those that can be named', () => {
  const refusing = new Set(cases.filter(({ severity }) => severity === 'error').map(({ rule }) => rule));
  expect([...refusing].sort()).toEqual([...REFUSALS].sort());
});
