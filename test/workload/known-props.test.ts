import { checkKnownProps } from '../../src/workload/known-props';
import { builder, errorOf, launcher, testChart } from '../fixtures';

describe.each<[string, (props: any) => unknown, string]>([['launcher', launcher, 'ci/Launcher'], ['builder', builder, 'ci/Builder']])('the %s', (_, make, place) => {
  test('fails with every misspelt prop, and says what was meant', () => {
    expect(errorOf(() => make({ replica: 2, extra_labels: {} }))).toBe(
      `[${place}] 'replica' is unknown; did you mean 'replicas'?\n[${place}] 'extra_labels' is unknown; did you mean 'extraLabels'?`);
  });

  test('takes an unknown prop without a value', () => {
    expect(() => make({ somethingElse: undefined })).not.toThrow();
  });
});

test.each<[string, (props: any) => unknown, any, string]>([
  ['webapp', launcher, { webapp: { listen_address: '::' } }, "'webapp.listen_address' is unknown; did you mean 'webapp.listenAddress'?"],
  ['webapp', launcher, { webapp: 8006 }, "'webapp' must be a map of any of port, listenAddress, got a value of type number"],
  ['storage', builder, { storage: { storageClass: 'fast' } }, "'storage.storageClass' is unknown; did you mean 'storage.storageClassName'?"],
  ['buildLogs', builder, { buildLogs: { img: 1 } }, "'buildLogs.img' is unknown; did you mean 'buildLogs.image'?"],
  ['buildLogs', builder, { buildLogs: true }, "'buildLogs' must be a map of any of image, resources, got a value of type boolean"],
  ['statsd', launcher, { statsd: { hostname: 'a' } }, "'statsd.hostname' is unknown"],
])('fails when %s is not as documented', (_, make, props, message) => {
  expect(errorOf(() => make(props))).toContain(message);
});

test('fails without the value of a map that is none, which may be secret', () => {
  expect(errorOf(() => checkKnownProps(testChart(), 'launcher', 's3cret', ['replicas']))).toBe("[ci] 'launcher' must be a map of any of replicas, got a value of type string");
  expect(errorOf(() => checkKnownProps(testChart(), 'launcher', ['s3cret'], ['replicas']))).toContain('got a list');
});
