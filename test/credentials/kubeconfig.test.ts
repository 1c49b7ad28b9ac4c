import { OpenshiftPodsNamespace, ProvidersSecret, SecretSource } from '../../src';
import { errorOf, testChart } from '../fixtures';

/** A kubeconfig as kubectl writes it. */
function kubeconfig(...servers: string[]): string {
  return ['apiVersion: v1', 'kind: Config', 'clusters:', ...servers.flatMap((server, index) => [
    `- name: c${index}`, '  cluster:', `    server: ${server}`,
  ]), ''].join('\n');
}

const providers = (text: string) => new ProvidersSecret(testChart(), 'Providers', { source: SecretSource.plainTextInGit({ 'kube.config': text }) });
const pods = (server: unknown) => new OpenshiftPodsNamespace(testChart(), 'Pods', { namespace: 'jobs', server: server as string });

const LOCAL = [
  'https://localhost:6443', 'https://LOCALHOST', 'https://localhost.', 'https://kind.localhost:6443', 'https://localhost.localdomain', 'https://127.0.0.1:6443',
  'https://127.8.9.1', 'https://127.1', 'https://[::1]:6443', 'https://[0:0:0:0:0:0:0:1]', 'https://0.0.0.0:6443', 'https://[::]', 'https://[::ffff:127.0.0.1]:6443',
];

describe.each(LOCAL)('%s', server => {
  test('fails in the kubeconfig of the providers', () => {
    expect(() => providers(kubeconfig('https://api.example.com:6443', server))).toThrow(
      /^\[ci\/Providers\] 'kube\.config: clusters\[c1\]\.server' is at "[^"]+": no pod and no Zuul executor reaches a localhost address; give one that they reach$/);
  });

  test('fails as the server of job pods', () => {
    expect(() => pods(server)).toThrow(/^\[ci\/Pods\] 'server' is at "[^"]+": no pod and no Zuul executor reaches a localhost address/);
  });
});

describe('a kubeconfig', () => {
  test.each(['https://localhost.example.com', 'https://12.7.0.1', 'https://[fd00::1]:6443', 'https://kubernetes.default.svc'])('may name %s', server => {
    expect(providers(kubeconfig(server)).secretName).toBe('nodepool-providers-secrets');
  });

  test('may be JSON', () => {
    expect(() => providers(JSON.stringify({ clusters: [{ name: 'kind', cluster: { server: 'https://127.0.0.1:6443' } }] }, undefined, 2)))
      .toThrow("'kube.config: clusters[kind].server' is at \"127.0.0.1\"");
  });

  test('fails with every local server of it', () => {
    expect(errorOf(() => providers(kubeconfig('https://localhost', 'https://api.example.com', 'https://[::1]'))).match(/clusters\[c\d\]/g)).toEqual(['clusters[c0]', 'clusters[c2]']);
  });

  test('shows a cluster without a name by its index', () => {
    expect(() => providers('clusters: [{cluster: {server: "https://api.example.com"}}, {cluster: {server: "https://localhost"}}]'))
      .toThrow("'kube.config: clusters[1].server' is at \"localhost\"");
  });

  test('fails when it is no YAML, without a word of what it holds', () => {
    const message = errorOf(() => providers('clusters: [\n token: s3cret-value'));
    expect(message).toBe("[ci/Providers] 'kube.config' is no YAML that Kubernetes' client reads; give the file as kubectl writes it");
  });

  test('shows no password that stands in an address', () => {
    expect(errorOf(() => providers(kubeconfig('https://admin:s3cret-value@localhost:6443')))).not.toContain('s3cret');
  });

  test.each(['', '[]', 'clusters: 5', 'clusters: [null, {name: x}, {cluster: 5}, {cluster: {server: 5}}]'])('passes when %j names no server', text => {
    expect(providers(text).secret).toBeDefined();
  });
});

describe('the address of an API server', () => {
  test.each(['api.example.com', 'localhost:6443', '', 5, {}])('fails when it is %p', server => {
    expect(() => pods(server)).toThrow("[ci/Pods] 'server' must be the URL of an API server, such as \"https://api.example.com:6443\", got");
  });

  test('fails without TLS', () => {
    expect(() => pods('http://api.example.com')).toThrow("'server' must be an https URL");
  });

  test('fails with a password in it, and does not show it', () => {
    const message = errorOf(() => pods('https://admin:s3cret-value@api.example.com'));
    expect(message).toBe("[ci/Pods] 'server' must not hold a user or a password: it stands in Git");
  });
});
