import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import cases from './rules.json';
import { NodepoolConfig, NodepoolRole } from '../../../src/config';
import { LOADER_REFUSALS, REFUSALS } from '../../../src/config/check/rule-ids';

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

/** The service that a rule is about, as the table says; `–` for both. */
function documentedRole(rule: string): string | undefined {
  return new RegExp(`^\\| \`${rule}\` \\| (launcher|builder) \\|`, 'm').exec(DOCS)?.[1];
}

// A rule that is about one service is not mentioned to the other one.
test.each(cases.filter(({ severity }) => severity !== 'error').map(example => [`${example.rule}: ${example.yaml.trim()}`, example] as const))('whom it concerns: %s', (_, example) => {
  const { role = documentedRole(example.rule), at, says } = example;
  const told = (reader?: NodepoolRole) => NodepoolConfig.check(example.yaml, { clouds: ['c'], role: reader })
    .some(({ rule, line, column, path, message, remedy }) => rule === example.rule && `${line}:${column} ${path}` === at && `${message}; ${remedy}` === says);
  expect({ launcher: told(NodepoolRole.LAUNCHER), builder: told(NodepoolRole.BUILDER) })
    .toEqual({ launcher: role !== 'builder', builder: role !== 'launcher' });
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
  expect(Array.from(DOCS.matchAll(/^\| `([a-z-]+)` \| (?:V|L|–|launcher|builder)/gm), found => found[1]).filter(rule => !ids.has(rule))).toEqual([]);
});

test('rules that refuse are those that can be named', () => {
  const refusing = new Set(cases.filter(({ severity }) => severity === 'error').map(({ rule }) => rule));
  expect([...refusing].sort()).toEqual([...REFUSALS].sort());
});

test('rules that only the daemons have are those that the table says so of', () => {
  const documented = Array.from(DOCS.matchAll(/^\| `([a-z-]+)` \| L \|/gm), found => found[1]);
  expect([...LOADER_REFUSALS].sort()).toEqual(documented.sort());
});
