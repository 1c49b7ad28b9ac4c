import { Finding, NodepoolConfig, NodepoolRole } from '../../../src/config';

/** Findings of one rule. */
function found(rule: string, text: string, options: Parameters<typeof NodepoolConfig.check>[1] = {}): Finding[] {
  return NodepoolConfig.check(text, options).filter(finding => finding.rule === rule);
}

describe('clouds', () => {
  const text = 'providers: [{name: p, cloud: a}]';

  test('all exist when nobody knows which', () => {
    expect(found('unknown-cloud', text)).toEqual([]);
  });

  test('are those that are named', () => {
    expect(found('unknown-cloud', text, { clouds: ['a'] })).toEqual([]);
    expect(found('unknown-cloud', text, { clouds: ['b'] })).toMatchObject([{ path: 'providers[p].cloud', remedy: 'clouds: b', loader: true, validator: false }]);
  });

  test('the only one need not be named for loading', () => {
    const nameless = 'providers: [{name: p}]';
    expect(found('no-cloud', nameless, { clouds: ['a'] })).toEqual([]);
    expect(found('no-cloud', nameless, { clouds: ['a', 'b'] })).toMatchObject([{ path: 'providers[p]', loader: true }]);
  });
});

describe('variables', () => {
  test('are replaced in the text, so that their values have the types of YAML', () => {
    const text = 'webapp: {port: %(NODEPOOL_PORT)}';
    expect(found('invalid-yaml', text)).toHaveLength(1);
    expect(NodepoolConfig.check(text, { env: { NODEPOOL_PORT: '8005' } }).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(found('wrong-type', text, { env: { NODEPOOL_PORT: 'x' } })).toHaveLength(1);
  });

  test('may bring in others that come later, and not earlier ones', () => {
    const text = 'labels: [{name: "%(NODEPOOL_A)"}, {name: "%(NODEPOOL_B)"}]';
    const env = { NODEPOOL_A: '%(NODEPOOL_B)', NODEPOOL_B: 'b%(NODEPOOL_A)' };
    expect(NodepoolConfig.check(text, { env }).filter(({ rule }) => rule === 'label-not-offered').map(({ path }) => path))
      .toEqual(['labels[b%(NODEPOOL_A)]', 'labels[b%(NODEPOOL_A)]']);
  });

  test('only count when they begin with NODEPOOL_', () => {
    expect(found('label-not-offered', 'labels: [{name: "%(HOME)"}]', { env: { HOME: '/root' } })[0].path).toBe('labels[%(HOME)]');
  });

  test('leave places as they were written', () => {
    const text = 'labels:\n- {name: "%(NODEPOOL_A)", max: 1, min-ready: %(NODEPOOL_B)x, foo: 1}\nbar: 1';
    const places = found('unknown-key', text, { env: { NODEPOOL_A: 'a long name', NODEPOOL_B: '' } }).map(({ line, column }) => [line, column]);
    expect(places).toEqual([[2, 27], [2, 62], [3, 1]]);
  });

  test('a value of several lines does not move what follows', () => {
    expect(found('unknown-key', '%(NODEPOOL_A)\nfoo: 1', { env: { NODEPOOL_A: 'labels:\n- name: a\n' } })).toMatchObject([{ line: 2, column: 1 }]);
  });

  test('the environment of the process is never read', () => {
    process.env.NODEPOOL_TEST = '1';
    expect(found('unset-variable', 'images-dir: "%(NODEPOOL_TEST)"')).toHaveLength(1);
    delete process.env.NODEPOOL_TEST;
  });
});

describe('roles', () => {
  test('a launcher is not told about images, nor a builder about pools', () => {
    const text = 'labels: [{name: l}]\ndiskimages: [{name: d, formats: [raw]}]\nproviders: [{name: p, cloud: c, max-concurrency: 0}]';
    const rules = (role?: NodepoolRole) => NodepoolConfig.check(text, { role }).map(({ rule }) => rule);
    expect(rules()).toEqual(expect.arrayContaining(['no-images-dir', 'provider-inactive', 'label-not-offered']));
    expect(rules(NodepoolRole.LAUNCHER)).not.toContain('no-images-dir');
    expect(rules(NodepoolRole.BUILDER)).not.toContain('provider-inactive');
    expect(rules(NodepoolRole.BUILDER)).not.toContain('label-not-offered');
  });

  test('a builder always needs a directory for images', () => {
    expect(found('no-images-dir', '{}', { role: NodepoolRole.BUILDER })).toHaveLength(1);
    expect(found('no-images-dir', '{}')).toEqual([]);
  });
});

describe('what is reported', () => {
  test('is everything, in the order of the text, and once where both refuse it', () => {
    const text = 'labels:\n- {min-ready: "1"}\nproviders:\n- {name: p, driver: aws, pools: 5}\n- {name: q, driver: static, foo: 1}\n- 5';
    const errors = NodepoolConfig.check(text).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ line, rule, path, validator, loader }) => [line, rule, path, validator, loader])).toEqual([
      [2, 'missing-key', 'labels[0]', true, true],
      [2, 'wrong-type', 'labels[0].min-ready', true, false],
      [4, 'missing-key', 'providers[p]', true, false],
      [4, 'wrong-type', 'providers[p].pools', true, true],
      [5, 'unknown-key', 'providers[q].foo', true, false],
      [6, 'wrong-type', 'providers[2]', true, true],
    ]);
  });

  test('names what is called by other keys than "name"', () => {
    expect(found('wrong-type', 'tenant-resource-limits: [{tenant-name: t, max-cores: x}]')[0].path).toBe('tenant-resource-limits[t].max-cores');
    expect(found('wrong-type', 'zookeeper-servers: [{host: h, port: x}]')[0].path).toBe('zookeeper-servers[h].port');
  });

  test('never shows what may be secret', () => {
    const text = 'providers: [{name: p, driver: azure, cloud-images: [{name: i, username: u, password: 12345, key: 67890}]}]';
    const findings = found('wrong-type', text);
    expect(findings.map(({ path }) => path)).toEqual(['providers[p].cloud-images[i].password', 'providers[p].cloud-images[i].key']);
    expect(JSON.stringify(NodepoolConfig.check(text))).not.toMatch(/12345|67890/);
  });

  test('has the value in a type that every language knows', () => {
    const values = (text: string) => NodepoolConfig.check(text).find(({ rule }) => rule === 'wrong-type')!.value;
    expect([values('images-dir: 5'), values('images-dir: 1.5'), values('images-dir: 123456789012345678901234567890'), values('images-dir: 2020-01-01'), values('images-dir: null')])
      .toEqual([5, 1.5, '123456789012345678901234567890', '2020-01-01', undefined]);
  });

  test('what the two loaders read differently is told of each', () => {
    expect(found('invalid-yaml', 'labels:\t[]\n')).toMatchObject([{ validator: true, loader: false, line: 1, column: 8 }]);
  });

  test('a long list of names is cut', () => {
    const names = Array.from({ length: 50 }, (_, index) => `{name: l${index}}`).join(', ');
    const [finding] = found('undefined-label', `labels: [${names}]\nproviders: [{name: p, driver: test, pools: [{name: m, labels: [zzzzzz]}]}]`);
    expect(finding.remedy).toBe('defined labels: l0, l1, l2, l3, l4, l5, l6, l7 and 42 more');
  });
});

describe('what a text may contain', () => {
  test.each([
    ['nothing', '', '1:1 there is nothing in it'],
    ['tabs', 'labels:\n\t- name: a', '2:1 a tab stands where only spaces may'],
    ['the marks of a merge conflict', 'labels:\n<<<<<<< HEAD\n- name: a\n=======\n- name: b\n>>>>>>> other\n', '2:1 a merge conflict that nobody resolved'],
    ['a NUL', 'labels: \x00', '1:9 character U+0000 cannot stand in YAML'],
    ['deep nesting', `images-dir: ${'['.repeat(10_000)}`, '1:1012 more than 1000 levels of nesting'],
    ['deep blocks', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''), '1000:1000 more than 1000 levels of nesting'],
    ['an alias bomb', `labels:\n${Array.from({ length: 30 }, (_, i) => `- &a${i} [${i ? `*a${i - 1}, *a${i - 1}, *a${i - 1}` : 'x'}]`).join('\n')}`,
      '13:8 a text that stands for more than 1000000 values once its aliases are followed'],
    ['a value inside itself', 'labels: &a [*a]', '1:13 alias "*a" stands inside its own anchor'],
    ['another format', '{"labels": [}', '1:13 a value is missing before a "}"'],
    ['several documents', 'labels: []\n---\nlabels: []', '2:1 a second document in one file'],
  ])('%s: one clear finding', (_, text, says) => {
    const errors = NodepoolConfig.check(text).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([says]);
    expect(errors[0]).toMatchObject({ remedy: expect.stringMatching(/ /), loader: true });
  });

  test.each(['null', '5', '"x"', '[]', '{5: 6}', '!!set {a}', '!!omap [a: b]', '2020-01-01', '!!binary eA=='])('%s anywhere', value => {
    for (const key of ['labels', 'diskimages', 'providers', 'zookeeper-servers', 'tenant-resource-limits', 'webapp']) {
      expect(() => NodepoolConfig.check(`${key}: ${value}`)).not.toThrow();
      expect(() => NodepoolConfig.check(`${key}: [${value}]`)).not.toThrow();
    }
    for (const driver of ['openstack', 'aws', 'azure', 'gce', 'ibmvpc', 'kubernetes', 'openshift', 'openshiftpods', 'static', 'metastatic', 'test', 'example']) {
      for (const key of ['pools', 'diskimages', 'cloud-images', 'name', 'network', 'max-resources', 'rate']) {
        expect(() => NodepoolConfig.check(`providers: [{name: p, driver: ${driver}, ${key}: ${value}}]`)).not.toThrow();
      }
      for (const key of ['labels', 'nodes', 'name', 'max-resources']) {
        expect(() => NodepoolConfig.check(`providers: [{name: p, driver: ${driver}, pools: [{name: m, ${key}: ${value}}]}]`)).not.toThrow();
        expect(() => NodepoolConfig.check(`providers: [{name: p, driver: ${driver}, pools: [{name: m, ${key}: [${value}]}]}]`)).not.toThrow();
      }
    }
  });
});

describe('at synth', () => {
  const text = 'providers: [{name: g, driver: gce, project: p, region: r, zone: z, rate: 1, pools: [{name: m, host-key-checking: false, labels: []}]}]';

  test('what the validator refuses stops', () => {
    expect(NodepoolConfig.fromString(text)._validate()).toHaveLength(2);
  });

  test('what the daemons take can be let through, everywhere or in one place', () => {
    const config = NodepoolConfig.fromString(text);
    config.allow('loader-only-key', 'providers[g].pools[m]');
    expect(config._validate()).toEqual([expect.stringContaining('providers[g].rate: key "rate" is refused')]);
    config.allow('loader-only-key');
    expect(config._validate()).toEqual([]);
  });

  test('a place is not another one that begins alike', () => {
    const config = NodepoolConfig.fromString(text);
    config.allow('loader-only-key', 'providers[g].ra');
    expect(config._validate()).toHaveLength(2);
  });

  test('what the daemons fail on cannot be let through', () => {
    const config = NodepoolConfig.fromObject({ labels: [{}] });
    config.allow('missing-key');
    expect(config._validate()).toEqual(['labels[0]: "name" is missing; give it a name']);
  });

  test('fails when a rule does not exist', () => {
    expect(() => NodepoolConfig.fromObject({}).allow('unknown-keys')).toThrow('rule "unknown-keys" does not exist, or stops nobody; rules: duplicate-diskimage, ');
  });

  test('a key at the top is let through like any other', () => {
    const config = NodepoolConfig.fromString('x-anchors: {b: c}\ndiskimages: []');
    expect(config._validate()).toEqual([expect.stringMatching(/^yaml:1:1: x-anchors: key "x-anchors" is not known at the top level; /)]);
    config.allow('unknown-key', 'x-anchors');
    expect(config._validate()).toEqual([]);
    expect(config._withBase({})).toBe('x-anchors:\n  b: c\ndiskimages: []\n');
    expect(config.warnings).toEqual([]);
  });

  test('fails to let through what only the daemons fail on', () => {
    expect(() => NodepoolConfig.fromObject({}).allow('parent-cycle')).toThrow('rule "parent-cycle" cannot be allowed: the daemons fail on what breaks it; mend that');
  });

  test.each([
    ['providers[google]', 'the rule is broken elsewhere, at providers[g].rate, providers[g].pools[m].host-key-checking; correct the path'],
    ['providers[g].', 'the rule is broken elsewhere, at providers[g].rate, providers[g].pools[m].host-key-checking; correct the path'],
    ['', 'the rule is broken elsewhere, at providers[g].rate, providers[g].pools[m].host-key-checking; correct the path'],
  ])('what lets nothing through is a warning: the path %j', (path, why) => {
    const config = NodepoolConfig.fromString(text);
    config.allow('loader-only-key');
    config.allow('loader-only-key', path);
    expect(config.warnings).toEqual([`allow('loader-only-key', '${path}') lets nothing through: ${why}`]);
  });

  test('what lets nothing through is a warning: a rule that nothing breaks', () => {
    const config = NodepoolConfig.fromObject({});
    config.allow('unknown-key');
    expect(config.warnings).toEqual(["allow('unknown-key') lets nothing through: nothing breaks the rule; take it out"]);
  });

  test('warnings do not stop', () => {
    const config = NodepoolConfig.fromObject({ 'max-hold-age': true, 'providers': [{ 'name': 'fake', 'cloud': 'c', 'max-concurrency': 0 }] });
    expect(config._validate()).toEqual([]);
    expect(config.warnings).toHaveLength(3);
  });

  test('what a stack adds is not missed', () => {
    expect(NodepoolConfig.fromObject({ diskimages: [{ name: 'd', formats: ['raw'] }] }).warnings).toEqual([]);
  });

  test('clouds are taken to exist', () => {
    expect(NodepoolConfig.fromObject({ providers: [{ name: 'p', cloud: 'any' }] })._validate()).toEqual([]);
  });

  test('a variable without quotes passes for anything, and one in quotes for a text', () => {
    const config = NodepoolConfig.fromString('max-hold-age: %(NODEPOOL_A)\nimages-dir: "%(NODEPOOL_B)"\nbuild-log-retention: "%(NODEPOOL_C)"\nproviders: %(NODEPOOL_D)');
    expect(config._validate()).toEqual([expect.stringContaining('build-log-retention: this is a text, not an integer')]);
  });
});

describe('places', () => {
  test.each([
    ['NO: "x"', 'quote it: "NO"'], ['yes: "x"', 'quote it: "yes"'], ['~: "x"', 'quote it: "~"'], ['0x10: "x"', 'quote it: "0x10"'], ['1.0: "x"', 'quote it: "1.0"'],
    ['2020-01-02 03:04:05: "x"', 'quote it: "2020-01-02 03:04:05"'], ['!!binary eA==: "x"', 'leave the tag out'],
  ])('a key that is no text is found and told as it is written: %s', (pair, remedy) => {
    expect(found('wrong-key', `diskimages:\n- name: d\n  env-vars:\n    A: "1"\n    ${pair}\n`)).toMatchObject([{ line: 5, column: 5, remedy }]);
  });

  test('a key that a merge key brought in is found where it is written', () => {
    const text = 'a0: &a0 {foo: 1}\na1: &a1 {foo: 2}\nlabels: [{<<: [*a1, *a0], name: l}]';
    expect(found('unknown-key', text).filter(({ path }) => path === 'labels[l].foo')).toMatchObject([{ line: 2, column: 10 }]);
  });

  test('maps that merge one another many times over are searched once', () => {
    const bomb = Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}`).join('\n');
    expect(found('unknown-key', `a0: &a0 {}\n${bomb}\nb: &b {nam: l}\nlabels: [{<<: [*a60, *b]}]`).pop()).toMatchObject({ line: 62, column: 8, path: 'labels[0].nam' });
  });

  test('a chain of merge keys is no matter of depth', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => `&a${i + 1} {<<: *a${i}}`).join(', ');
    expect(found('unknown-key', `a0: &a0 {}\nx: {<<: [${chain}], y: 1}`)).toHaveLength(2);
  });
});

describe('one fault', () => {
  test.each([
    ['labels: !!set {a, b}', 'this is a set, not a list'],
    ['labels: !!omap [a: 1]', 'this is a list of pairs, not a list'],
    ['labels: [{? min-ready: 1}]', '"name" is missing'],
  ])('is told once where the two loaders are asked separately: %s', (text, message) => {
    expect(NodepoolConfig.check(text).filter(({ severity, path }) => severity === 'error' && path.startsWith('labels'))).toEqual([
      expect.objectContaining({ message, validator: true, loader: true }),
    ]);
  });
});

describe('long texts', () => {
  const size = (finding: Finding) => JSON.stringify(finding).length;

  test('more than can be looked at are one finding, whatever is in them', () => {
    expect(NodepoolConfig.check('a: "%(NODEPOOL_A) %(NODEPOOL_B)"\n'.repeat(200_000))).toMatchObject([{ rule: 'invalid-yaml', line: 1, column: 1, message: 'a text of 6445 KiB' }]);
  });

  test('so are those that become too long by their variables', () => {
    const [first, ...more] = NodepoolConfig.check('a: "%(NODEPOOL_A)"\n'.repeat(1000), { env: { NODEPOOL_A: 'x'.repeat(1_000_000) } });
    expect(first.message).toBe('a text of 976568 KiB');
    expect(more).toEqual([]);
  });

  test.each([
    ['a number', `images-dir: 1${'0'.repeat(1000)}`],
    ['a number to the base 16', `images-dir: 0x1${'f'.repeat(3_000_000)}`],
    ['no number', `images-dir: !!int ${'x'.repeat(1_000_000)}`],
    ['a key', `? "${'x'.repeat(1_000_000)}"\n: 1`],
    ['a name', `labels: [{name: "${'x'.repeat(1_000_000)}", foo: 1}]`],
    ['an alias', `labels: *${'x'.repeat(1_000_000)}`],
    ['a driver', `providers: [{name: p, driver: ${'x'.repeat(1_000_000)}}]`],
    ['a variable', `images-dir: "%(NODEPOOL_${'x'.repeat(1_000_000)})"`],
    ['a circle', `diskimages:\n${Array.from({ length: 300 }, (_, i) => `- {name: a-long-name-${i}, parent: a-long-name-${(i + 1) % 300}}`).join('\n')}`],
  ])('are cut where they are told: %s', (_, text) => {
    const findings = NodepoolConfig.check(text);
    expect(findings.length).toBeGreaterThan(0);
    expect(Math.max(...findings.map(size))).toBeLessThan(3000);
  });

  test.each(['x', '"x"'])('a hundred thousand wrong values in one map are as many findings: %s', key => {
    const values = Array.from({ length: 100_000 }, (_, i) => `    key${i}: 1`).join('\n');
    expect(found('wrong-type', `diskimages:\n- name: d\n  env-vars:\n    ${key}: 1\n${values}`)).toHaveLength(100_001);
  });

  test('thousands of wrong names among thousands are told, and some of them with what may be meant', () => {
    const labels = Array.from({ length: 5_000 }, (_, i) => `- name: label-${i}`).join('\n');
    const nodes = Array.from({ length: 5_000 }, (_, i) => `    - {name: n${i}, labels: lbel-${i}x}`).join('\n');
    const findings = found('undefined-label', `labels:\n${labels}\nproviders:\n- name: p\n  driver: static\n  pools:\n  - name: m\n    nodes:\n${nodes}`);
    expect(findings).toHaveLength(5_000);
    expect([findings[0].remedy, findings[4_999].remedy]).toEqual(['did you mean "label-0"?', expect.stringContaining('and 4992 more')]);
  });

  test('names of a hundred thousand letters are not compared with each other', () => {
    const name = 'ab'.repeat(50_000);
    const labels = Array.from({ length: 10 }, (_, i) => `{name: ${name}${i}}`).join(', ');
    expect(found('undefined-label', `labels: [${labels}]\nproviders: [{name: p, driver: test, pools: [{name: m, labels: [${name}x]}]}]`)[0].remedy).toMatch(/^defined labels: /);
  });
});

test('what may be secret is not shown where it is no YAML either', () => {
  const [finding] = found('invalid-yaml', 'providers: [{name: p, cloud-images: [{name: i, password: 2020-13-45}]}]');
  expect(finding).toMatchObject({ message: 'this is not a date that exists', line: 1, column: 58 });
});

describe('variables that are not set', () => {
  const told = (text: string) => found('unset-variable', text).map(({ line, column, path, message }) => [line, column, path, message.split(' ')[2]]);

  test('are told where they are used, and not in comments', () => {
    const text = '# %(NODEPOOL_A) %(NODEPOOL_B)\nimages-dir: "%(NODEPOOL_A)" # %(NODEPOOL_B)\nlabels:\n- name: l\n  %(NODEPOOL_C): |\n    x\n    %(NODEPOOL_D)';
    expect(told(text.replace('%(NODEPOOL_C)', '"%(NODEPOOL_C)"'))).toEqual([
      [2, 14, 'images-dir', 'NODEPOOL_A'], [5, 4, 'labels[l].%(NODEPOOL_C)', 'NODEPOOL_C'], [7, 5, 'labels[l].%(NODEPOOL_C)', 'NODEPOOL_D'],
    ]);
  });

  test('may have names with dashes and dots', () => {
    expect(told('images-dir: "/%(NODEPOOL_X-Y.z)"')).toEqual([[1, 15, 'images-dir', 'NODEPOOL_X-Y.z']]);
  });

  test('are told of a text that is no YAML because of them', () => {
    expect(told('# %(NODEPOOL_A)\nlabels: %(NODEPOOL_B)')).toEqual([[2, 9, '', 'NODEPOOL_B']]);
  });
});

test('a key that stands twice has the path of the last', () => {
  expect(found('duplicate-key', 'providers: [{name: p, pools: [{name: m, max-servers: 1, max-servers: 2}]}]')).toMatchObject([{ path: 'providers[p].pools[m].max-servers', column: 57 }]);
});
