import { Secret } from 'cdk8s-plus-27';
import { ProvidersSecret, SecretSource } from '../../src';
import { errorOf, objects, randomSecret, testChart } from '../fixtures';
import { expectNoSecretValues, only } from '../manifests';

/** The providers' Secret of a source, as it is written. */
function rendered(data: any): Record<string, string> {
  const chart = testChart();
  new ProvidersSecret(chart, 'Providers', { source: SecretSource.plainTextInGit(data) });
  return only(objects(chart), 'Secret').data;
}

describe('existing', () => {
  test('renders nothing', () => {
    const chart = testChart();
    const part = new ProvidersSecret(chart, 'Providers', { source: SecretSource.existing('mine') });
    expect(objects(chart)).toEqual([]);
    expect([part.secretName, part.secret]).toEqual(['mine', undefined]);
  });

  test.each(['', 'No_Name', 'a/b', 'x'.repeat(254), undefined, null, 7])('fails when the name is %p', name => {
    expect(() => new ProvidersSecret(testChart(), 'Providers', { source: SecretSource.existing(name as any) }))
      .toThrow("[ci/Providers] 'providers' must be a Secret's name");
  });
});

test('fromSecret takes a Secret of the same app', () => {
  const chart = testChart();
  const secret = new Secret(chart, 'Mine', { metadata: { name: 'mine' } });
  expect(new ProvidersSecret(chart, 'Providers', { source: SecretSource.fromSecret(secret) }).secretName).toBe('mine');
});

describe('plainTextInGit', () => {
  test.each(['plain', 'ünïcödé 🔑\n', '', '\u0000\u0001', '${FLUX}'])('%j comes back as it was given', value => {
    expect(Buffer.from(rendered({ notes: value }).notes, 'base64').toString('utf8')).toBe(value);
  });

  test('it is base64 under data, which the API server keeps as it is', () => {
    expect(rendered({ 'clouds.yaml': 'a', 'aws.config': 'b' })).toEqual({ 'clouds.yaml': 'YQ==', 'aws.config': 'Yg==' });
  });

  test('a change of the map afterwards changes nothing', () => {
    const data: Record<string, string> = { 'clouds.yaml': 'a' };
    const source = SecretSource.plainTextInGit(data);
    data['clouds.yaml'] = 'b';
    const chart = testChart();
    new ProvidersSecret(chart, 'Providers', { source });
    expect(only(objects(chart), 'Secret').data).toEqual({ 'clouds.yaml': 'YQ==' });
  });

  test.each([{}, null, undefined])('fails without any key: %p', data => {
    expect(() => rendered(data)).toThrow("[ci/Providers] 'providers' is plainTextInGit without any key; give at least one value");
  });

  test('fails with every bad key and value, and shows no value', () => {
    const secret = randomSecret();
    const message = errorOf(() => rendered({ 'a b': secret, '..': secret, 'number': 5, 'list': [secret], 'nothing': undefined, 'fine': secret }));
    expect(message.match(/(?<=no Secret can have, )of \d+|'providers\.\w+'/g)).toEqual(['of 3', 'of 2', "'providers.number'", "'providers.list'", "'providers.nothing'"]);
    expectNoSecretValues(message, [secret]);
  });

  test('fails for key and value in each other\'s place, and shows neither', () => {
    const message = errorOf(() => rendered({ 'clouds: {one: {password: hunter2}}': 'clouds.yaml' }));
    expect(message).toContain("[ci/Providers] 'providers' has a key that no Secret can have, of 34 characters");
    expect(message).not.toContain('hunter2');
  });

  test.each<[unknown, string]>([['password: hunter2', 'a value of type string'], [['hunter2'], 'a list'], [5, 'a value of type number']])(
    'fails for %j, which is no map', (data, got) => {
      expect(errorOf(() => rendered(data))).toBe(`[ci/Providers] 'providers' must be a map by the Secret's keys, got ${got}`);
    });

  test.each<[string, string, string]>([
    ['clouds.yaml', 'clouds:\n  one: {password: hunter2', 'is no YAML with one document (line 2); Nodepool could not read it'],
    ['.dockerconfigjson', '{"auths": hunter2}', 'is no JSON, which the API server refuses; give what docker writes to config.json'],
  ])('fails for %s that its reader refuses, and does not show it', (key, value, problem) => {
    const message = errorOf(() => rendered({ [key]: value }));
    expect(message).toBe(`[ci/Providers] 'providers.${key}' ${problem}`);
  });

  test('fails for more than a Secret holds', () => {
    const half = 'x'.repeat(512 * 1024);
    expect(Object.keys(rendered({ a: half, b: half }))).toEqual(['a', 'b']);
    expect(() => rendered({ a: half, b: `${half}x` })).toThrow("'providers' has 1048577 bytes, and a Secret holds at most 1048576");
  });
});
