import { ApiObject, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { ProvidersSecret, ProvidersSecretProps, SecretSource } from '../../src';
import { container, environment, launcher, mounts, named, objects, option, pod, testChart } from '../fixtures';
import { only } from '../manifests';

const access = { context: 'pods', server: 'https://kubernetes.default.svc', tokenSecretName: 'pods-token' };

/** A launcher with a providers' Secret. */
function withProviders(source = SecretSource.existing('mine'), more = {}) {
  const chart = testChart();
  launcher({ providers: new ProvidersSecret(chart, 'Providers', { source }), ...more }, chart);
  const template = pod(chart);
  return { chart, template, main: container(template, 'launcher') };
}

test('every prop has its effect', () => {
  const props: Required<ProvidersSecretProps> = {
    source: SecretSource.plainTextInGit({ 'clouds.yaml': 'clouds: {}' }),
    instanceName: 'blue',
    extraLabels: { team: 'ci' },
  };
  const chart = testChart();
  new ProvidersSecret(chart, 'Providers', props);
  const secret = only(objects(chart), 'Secret');
  expect(secret.metadata.name).toBe('blue-providers-secrets');
  expect(secret.metadata.labels).toMatchObject({ 'team': 'ci', 'app.kubernetes.io/component': 'providers' });
  expect(Object.keys(secret.data)).toEqual(['clouds.yaml']);
});

test('a rendered Secret has the name that administrators know', () => {
  const chart = testChart();
  new ProvidersSecret(new Construct(chart, 'Nest'), 'Any', { source: SecretSource.plainTextInGit({ 'clouds.yaml': 'x' }) });
  expect(only(objects(chart), 'Secret').metadata).toMatchObject({ name: 'nodepool-providers-secrets', namespace: 'ci' });
});

test('the libraries find the files by their variables', () => {
  expect(environment(withProviders().main)).toMatchObject({
    OS_CLIENT_CONFIG_FILE: '/etc/nodepool-providers/clouds.yaml',
    KUBECONFIG: '/etc/nodepool-providers/kube.config',
    AWS_CONFIG_FILE: '/etc/nodepool-providers/aws.config',
    AWS_SHARED_CREDENTIALS_FILE: '/etc/nodepool-providers/aws.config',
  });
});

test('the Secret is mounted as a directory with all its keys, so that any subset may exist and changes arrive', () => {
  const { template, main } = withProviders();
  expect(mounts(main)).toMatchObject({ '/etc/nodepool-providers': 'providers' });
  expect(main.volumeMounts.filter((mount: any) => mount.name === 'providers' && mount.subPath !== undefined)).toEqual([]);
  expect(named(template.spec.volumes, 'providers').secret).toEqual({ secretName: 'mine', defaultMode: 0o440 });
});

test('a key cloud.yaml is found as clouds.yaml, and may be missing', () => {
  const { template, main } = withProviders();
  expect(mounts(main)).toMatchObject({ '/etc/openstack': 'openstack' });
  expect(named(template.spec.volumes, 'openstack').secret).toMatchObject({ secretName: 'mine', optional: true, items: [{ key: 'cloud.yaml', path: 'clouds.yaml' }] });
});

test('a change of the Secret restarts the launcher in order', () => {
  expect(option(withProviders().main.command, '--watch')).toEqual(['/etc/nodepool-providers', '/etc/openstack']);
});

test('KUBECONFIG lists the file of the Secret and our own', () => {
  const { main } = withProviders(undefined, { clusterAccess: [access] });
  expect(environment(main).KUBECONFIG).toBe('/etc/nodepool-providers/kube.config:/etc/nodepool-kubeconfig/kube.config');
});

test('a patch goes through the Secret', () => {
  const chart = testChart();
  const part = new ProvidersSecret(chart, 'Providers', { source: SecretSource.plainTextInGit({ 'clouds.yaml': 'x' }) });
  part.secret!.addJsonPatch(JsonPatch.add('/immutable', true));
  expect(only(objects(chart), 'Secret').immutable).toBe(true);
  expect(ApiObject.of(part)).toBe(part.secret);
});

test.each(['clouds.yaml', undefined, {}])('fails when the source is %p', source => {
  expect(() => new ProvidersSecret(testChart(), 'Providers', { source: source as any }))
    .toThrow("[ci/Providers] 'providers' (the 'source' of a ProvidersSecret) must be a SecretSource, such as SecretSource.existing('nodepool-providers-secrets')");
});

test('fails when a label is none', () => {
  expect(() => new ProvidersSecret(testChart(), 'Providers', { source: SecretSource.existing('x'), extraLabels: { team: 'a b' } }))
    .toThrow("'extraLabels.team' must be a label value");
});
