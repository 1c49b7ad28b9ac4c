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
    expect(Buffer.from(rendered({ 'clouds.yaml': value })['clouds.yaml'], 'base64').toString('utf8')).toBe(value);
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
    expect(message.match(/(?<=the key )"[^"]*"|'providers\.\w+'/g)).toEqual(['"a b"', '".."', "'providers.number'", "'providers.list'", "'providers.nothing'"]);
    expectNoSecretValues(message, [secret]);
  });
});
