import { ApiObject, JsonPatch, Testing } from 'cdk8s';
import { DeploymentStrategy, EnvValue } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { checksums, container, environment, launcher, mounts, named, nodepoolYaml, objects, option, pod, staticNodes, testChart, zookeeper } from './fixtures';
import { only } from './manifests';
import { LogLevel, NodepoolConfig, NodepoolLauncher, ZookeeperSource } from '../src';

const access = { context: 'pods', server: 'https://kubernetes.default.svc', namespace: 'jobs', tokenSecretName: 'pods-token' };

describe('what administrators type', () => {
  test('the Deployment, its container and its pods have the names that they know', () => {
    const deployment = only(objects(launcher().chart), 'Deployment');
    expect(deployment.metadata.name).toBe('nodepool-launcher');
    expect(deployment.spec.template.metadata.labels.run).toBe('nodepool-launcher');
    expect(deployment.spec.template.spec.containers.map((each: any) => each.name)).toEqual(['launcher']);
  });

  test('the Service has the name of the Deployment and the port 8006', () => {
    const service = only(objects(launcher().chart), 'Service');
    expect(service.metadata.name).toBe('nodepool-launcher');
    expect(service.spec).toMatchObject({ type: 'ClusterIP', ports: [{ name: 'nlwebapp', port: 8006, targetPort: 'nlwebapp' }] });
  });

  test('the Service selects the pods', () => {
    const all = objects(launcher().chart);
    expect(pod(launcher().chart).metadata.labels).toMatchObject(only(all, 'Service').spec.selector);
    expect(only(all, 'Deployment').spec.selector.matchLabels).toEqual(only(all, 'Service').spec.selector);
  });

  test('every object carries the instance name', () => {
    const { chart } = launcher({ instanceName: 'blue', clusterAccess: [access] });
    expect(objects(chart).map(object => `${object.kind} ${object.metadata.name}`).sort()).toEqual([
      'ConfigMap blue-launcher-config', 'ConfigMap blue-launcher-kubeconfig', 'ConfigMap blue-launcher-logging', 'ConfigMap blue-launcher-scripts',
      'Deployment blue-launcher', 'Service blue-launcher',
    ]);
  });
});

describe('nodepool.yaml', () => {
  test('there is one key, named nodepool.yaml', () => {
    expect(Object.keys(only(objects(launcher().chart), 'ConfigMap', 'nodepool-launcher-config').data)).toEqual(['nodepool.yaml']);
  });

  test('it has the base settings of ZooKeeper and of the status server', () => {
    expect(nodepoolYaml(launcher().chart)).toMatchObject({
      'zookeeper-servers': [{ host: 'zk.example.com', port: 2281 }],
      'zookeeper-tls': { ca: '/tls/client/ca.crt', cert: '/tls/client/tls.crt', key: '/tls/client/tls.key' },
      'webapp': { port: 8006, listen_address: '0.0.0.0' },
    });
  });

  test('the directories of a builder are not in it', () => {
    expect(Object.keys(nodepoolYaml(launcher().chart)).sort()).toEqual(['labels', 'providers', 'webapp', 'zookeeper-servers', 'zookeeper-tls']);
  });

  test('labels added after construction reach it', () => {
    const { chart, config } = launcher();
    config.addLabel({ 'name': 'large', 'min-ready': 2 });
    expect(nodepoolYaml(chart).labels).toEqual([{ name: 'small' }, { 'name': 'large', 'min-ready': 2 }]);
  });

  test('providers added after construction reach it', () => {
    const { chart, config } = launcher();
    config.addProvider({ name: 'later', driver: 'static', pools: [] });
    expect(nodepoolYaml(chart).providers.map((provider: any) => provider.name)).toEqual(['rack', 'later']);
  });

  test('the chroot of ZooKeeper stands at the last server alone', () => {
    const { chart } = launcher({ zookeeper: ZookeeperSource.external({ servers: ['a', 'b:2282', '[fd00::1]:2283'], tlsSecret: 't', chroot: '/zuul' }) });
    expect(nodepoolYaml(chart)['zookeeper-servers']).toEqual([
      { host: 'a', port: 2281 }, { host: 'b', port: 2282 }, { host: 'fd00::1', port: 2283, chroot: '/zuul' },
    ]);
  });

  test('it is mounted as a directory, so that a change reaches the running launcher', () => {
    const main = container(pod(launcher().chart), 'launcher');
    expect(main.volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/nodepool', readOnly: true });
  });
});

describe('probes', () => {
  test('readiness asks /ready', () => {
    const { readinessProbe } = container(pod(launcher().chart), 'launcher');
    expect(readinessProbe.httpGet).toEqual({ path: '/ready', port: 'nlwebapp', scheme: 'HTTP' });
  });

  test('neither liveness nor startup ask /ready, which is 503 while a cloud is slow', () => {
    const { livenessProbe, startupProbe } = container(pod(launcher().chart), 'launcher');
    expect(livenessProbe.tcpSocket).toEqual({ port: 'nlwebapp' });
    expect(startupProbe.tcpSocket).toEqual({ port: 'nlwebapp' });
  });

  test('liveness bears a restart inside the container, of up to two minutes', () => {
    const { livenessProbe } = container(pod(launcher().chart), 'launcher');
    expect(livenessProbe.periodSeconds * livenessProbe.failureThreshold).toBe(120);
  });

  test('the status server listens at the port that the probes and the Service use', () => {
    const { chart } = launcher({ webapp: { port: 9006, listenAddress: '::' } });
    expect(nodepoolYaml(chart).webapp).toEqual({ port: 9006, listen_address: '::' });
    expect(container(pod(chart), 'launcher').ports).toEqual([{ name: 'nlwebapp', containerPort: 9006, protocol: 'TCP' }]);
    expect(only(objects(chart), 'Service').spec.ports).toMatchObject([{ port: 9006, targetPort: 'nlwebapp' }]);
  });
});

describe('start and stop', () => {
  test('the supervisor is PID 1 and the daemon its child, in the foreground', () => {
    const { command } = container(pod(launcher().chart), 'launcher');
    expect(command.slice(0, 2)).toEqual(['python3', '/etc/nodepool-scripts/supervise.py']);
    expect(command.slice(command.indexOf('--') + 1)).toEqual(['nodepool-launcher', '-f', '-l', '/etc/nodepool-logging/logging.yaml']);
  });

  test('a stop may take 120 seconds, and the supervisor ends it before the kubelet does', () => {
    const template = pod(launcher().chart);
    expect(template.spec.terminationGracePeriodSeconds).toBe(120);
    expect(option(container(template, 'launcher').command, '--stop-timeout')).toEqual(['110']);
  });

  test('the supervisor knows the members of ZooKeeper and the certificate, so that it can ask them itself', () => {
    const { chart } = launcher({ zookeeper: ZookeeperSource.external({ servers: ['a', '[2001:db8::7]', 'c:2282'], tlsSecret: 't' }) });
    const { command } = container(pod(chart), 'launcher');
    expect(option(command, '--zookeeper')).toEqual(['a:2281', '[2001:db8::7]:2281', 'c:2282']);
    const tls = command.indexOf('--zookeeper-tls');
    expect(command.slice(tls + 1, tls + 4)).toEqual(['/tls/client/ca.crt', '/tls/client/tls.crt', '/tls/client/tls.key']);
    const { ca, cert, key } = nodepoolYaml(chart)['zookeeper-tls'];
    expect([ca, cert, key]).toEqual(command.slice(tls + 1, tls + 4));
    const scripts = Object.keys(only(objects(chart), 'ConfigMap', 'nodepool-launcher-scripts').data);
    expect(scripts).toEqual(expect.arrayContaining(['zookeeper_watch.py', 'zookeeper_ask.py', 'side_process.py']));
  });

  test('what changes is judged with the nodepool.yaml in use before the launcher is stopped for it, and the scripts are there', () => {
    const { chart } = launcher();
    expect(option(container(pod(chart), 'launcher').command, '--judge')).toEqual(['/etc/nodepool/nodepool.yaml']);
    const scripts = only(objects(chart), 'ConfigMap', 'nodepool-launcher-scripts').data;
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['supervise.py', 'restart_judge.py', 'config_verdict.py', 'ca_bundle.py']));
  });

  test('a new launcher is ready before the old one stops', () => {
    expect(only(objects(launcher().chart), 'Deployment').spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });

  test('the strategy may be another one', () => {
    const { chart } = launcher({ strategy: DeploymentStrategy.recreate() });
    expect(only(objects(chart), 'Deployment').spec.strategy).toEqual({ type: 'Recreate' });
  });

  test('0 replicas pause it', () => {
    const { chart, launcher: part } = launcher({ replicas: 0 });
    expect(only(objects(chart), 'Deployment').spec.replicas).toBe(0);
    expect(part.replicas).toBe(0);
  });
});

describe('clusters', () => {
  const kubeconfig = (chart: any) => only(objects(chart), 'ConfigMap', 'nodepool-launcher-kubeconfig').data['kube.config'];

  test('a kubeconfig points at mounted files and holds no secret', () => {
    const text = kubeconfig(launcher({ clusterAccess: [access] }).chart);
    expect(text).toContain('tokenFile: /etc/nodepool-cluster-access/pods-token/token');
    expect(text).toContain('certificate-authority: /etc/nodepool-cluster-access/pods-token/ca.crt');
    expect(text).not.toMatch(/token:|-data:/);
  });

  test('the first context is the current one, which Nodepool asks for', () => {
    const other = { ...access, context: 'other', tokenSecretName: 'other-token' };
    expect(kubeconfig(launcher({ clusterAccess: [access, other] }).chart)).toContain('current-context: pods');
  });

  test('KUBECONFIG names it where there are no providers', () => {
    const main = container(pod(launcher({ clusterAccess: [access] }).chart), 'launcher');
    expect(environment(main).KUBECONFIG).toBe('/etc/nodepool-kubeconfig/kube.config');
    expect(mounts(main)).toMatchObject({ '/etc/nodepool-kubeconfig': 'kubeconfig', '/etc/nodepool-cluster-access/pods-token': 'cluster-0' });
  });

  test('the pod waits for the token and is restarted in order when it changes', () => {
    const template = pod(launcher({ clusterAccess: [access] }).chart);
    const { secret } = named(template.spec.volumes, 'cluster-0');
    expect(secret).toMatchObject({ secretName: 'pods-token', items: [{ key: 'token' }, { key: 'ca.crt' }] });
    expect(secret.optional).toBeUndefined();
    expect(option(container(template, 'launcher').command, '--watch')).toContain('/etc/nodepool-cluster-access/pods-token');
  });

  test('another server makes another checksum', () => {
    const before = checksums(pod(launcher({ clusterAccess: [access] }).chart));
    const after = checksums(pod(launcher({ clusterAccess: [{ ...access, server: 'https://api.example.com:6443' }] }).chart));
    expect(after['checksum.cdk8s-nodepool/kubeconfig']).not.toBe(before['checksum.cdk8s-nodepool/kubeconfig']);
  });

  test('without clusters there is neither a kubeconfig nor a variable for it', () => {
    const { chart, launcher: part } = launcher();
    expect(part.kubeconfigConfigMap).toBeUndefined();
    expect(environment(container(pod(chart), 'launcher'))).not.toHaveProperty('KUBECONFIG');
  });

  test('fails when two clusters have one context', () => {
    expect(() => launcher({ clusterAccess: [access, { ...access, tokenSecretName: 'other' }] }))
      .toThrow("[ci/Launcher] 'clusterAccess' has the kubeconfig context \"pods\" twice; give each cluster and namespace a 'context' of its own");
  });

  test('fails with every access that no client could use', () => {
    const bad = [{ ...access, server: 'https://127.0.0.1:6443' }, { ...access, context: 'b', tokenSecretName: 'No_Secret' }, { ...access, context: ' ' }];
    const attempt = () => launcher({ clusterAccess: bad });
    expect(attempt).toThrow("'clusterAccess[pods].server' is at \"127.0.0.1\"");
    expect(attempt).toThrow("'clusterAccess[b].tokenSecretName' must be a Secret's name");
    expect(attempt).toThrow("'clusterAccess' needs a 'context'");
  });
});

describe('alone', () => {
  test('it works inside another construct and in another namespace', () => {
    const chart = testChart('elsewhere');
    new NodepoolLauncher(new Construct(chart, 'Nest'), 'Any', { config: staticNodes(), zookeeper: zookeeper() });
    expect(new Set(objects(chart).map(object => object.metadata.namespace))).toEqual(new Set(['elsewhere']));
  });

  test('a patch with a newer field goes through ApiObject.of', () => {
    const { chart, launcher: part } = launcher();
    ApiObject.of(part).addJsonPatch(JsonPatch.add('/spec/template/spec/newerField', { mode: 'x' }));
    expect(pod(chart).spec.newerField).toEqual({ mode: 'x' });
  });

  test.each(['deployment', 'service', 'configMap', 'loggingConfigMap', 'scriptsConfigMap', 'kubeconfigConfigMap'] as const)('a patch goes through %s', field => {
    const { chart, launcher: part } = launcher({ clusterAccess: [access] });
    part[field]!.addJsonPatch(JsonPatch.add('/newerField', 'x'));
    expect(objects(chart).filter(object => object.newerField === 'x').map(object => object.metadata.name)).toEqual([part[field]!.name]);
  });

  test('a patch of the logging configuration restarts the launcher', () => {
    const { chart, launcher: part } = launcher();
    part.loggingConfigMap.addJsonPatch(JsonPatch.replace('/data/logging.yaml', 'version: 1'));
    expect(checksums(pod(chart))['checksum.cdk8s-nodepool/logging']).not.toBe(checksums(pod(launcher().chart))['checksum.cdk8s-nodepool/logging']);
  });
});

describe('refusals', () => {
  test.each([-1, 1.5, NaN, '1', null])('fails when replicas are %p', replicas => {
    expect(() => launcher({ replicas: replicas as any })).toThrow(/^\[ci\/Launcher\] 'replicas' must be a whole number, 0 or more, got /);
  });

  test.each([80, 65536, 8006.5])('fails when the port of the status server is %p', port => {
    expect(() => launcher({ webapp: { port } })).toThrow(`[ci/Launcher] 'webapp.port' must be a whole number, from 1024 to 65535, got ${port}`);
  });

  test('fails when the address of the status server has a port', () => {
    expect(() => launcher({ webapp: { listenAddress: '0.0.0.0:8006' } })).toThrow("'webapp.listenAddress' must be a host name or an IP address");
  });

  test.each(['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', 'localhost'])('fails when the status server listens at %s, where no probe reaches it', listenAddress => {
    expect(() => launcher({ webapp: { listenAddress } })).toThrow(`[ci/Launcher] 'webapp.listenAddress' must be an address that the kubelet reaches, since it probes the launcher there, got "${listenAddress}"`);
  });

  test.each(['', 'Nodepool', '4ci', 'ci-', 'a.b', 'x'.repeat(33), 5])('fails when the instance name is %p', instanceName => {
    expect(() => launcher({ instanceName: instanceName as any })).toThrow("'instanceName' must be at most 32 of a-z, 0-9 and '-', first a letter");
  });

  test('fails when config is the path of a file', () => {
    expect(() => launcher({ config: 'nodepool.yaml' as any })).toThrow("[ci/Launcher] 'config' must be a NodepoolConfig, such as NodepoolConfig.fromFile('nodepool.yaml')");
  });

  test('fails with every base key of the file and its prop', () => {
    const config = NodepoolConfig.fromString('webapp: {port: 1}\nzookeeper-servers: []\nzookeeper-tls: {}\nimages-dir: /x\nbuild-log-dir: /x\nbuild-log-retention: 1\nelements-dir: /x\n');
    const attempt = () => launcher({ config });
    for (const [key, prop] of Object.entries({
      'webapp': 'launcher.webapp',
      'zookeeper-servers': 'zookeeper',
      'zookeeper-tls': 'zookeeper',
      'images-dir': 'builder.imagesDir',
      'build-log-dir': 'builder.buildLogDir',
      'build-log-retention': 'builder.buildLogRetention',
      'elements-dir': 'builder.elementsDir',
    })) {
      expect(attempt).toThrow(`"${key}" (use '${prop}')`);
    }
  });

  test('zookeeper-timeout and the like stay with the user', () => {
    const config = NodepoolConfig.fromString('zookeeper-timeout: 30.0\nmax-hold-age: 60\n');
    expect(nodepoolYaml(launcher({ config }).chart)).toMatchObject({ 'zookeeper-timeout': 30, 'max-hold-age': 60 });
  });

  test('fails for a variable that nothing sets, and names env', () => {
    const { chart } = launcher({ config: NodepoolConfig.fromString('providers: [{name: a, driver: static, pools: [], rate: "%(NODEPOOL_RATE)"}]') });
    expect(() => Testing.synth(chart)).toThrow("[ci/Launcher] 'config' uses %(NODEPOOL_RATE), which nothing sets; set it in 'env'");
  });

  test('a variable that env sets stays as text', () => {
    const config = NodepoolConfig.fromString('labels: [{name: "%(NODEPOOL_LABEL)"}]');
    const { chart } = launcher({ config, env: { NODEPOOL_LABEL: EnvValue.fromValue('small') } });
    expect(nodepoolYaml(chart).labels).toEqual([{ name: '%(NODEPOOL_LABEL)' }]);
  });

  test('fails with an undeclared label and an unset variable together', () => {
    const { chart, config } = launcher({ config: NodepoolConfig.fromString('labels: [{name: "%(NODEPOOL_LABEL)"}]') });
    config.addProvider({ name: 'rack', driver: 'static', pools: [{ name: 'main', nodes: [{ 'name': 'n1', 'labels': 'smal', 'host-key': 'x' }] }] });
    config.addProvider({ name: 'cloud', driver: 'openstack', pools: [{ name: 'main', labels: [{ name: 'smal', diskimage: 'none' }] }] });
    expect(() => Testing.synth(chart)).toThrow('NODEPOOL_LABEL');
    expect(() => Testing.synth(chart)).toThrow('"none"');
  });

  test('fails when nodepool.yaml does not fit into a ConfigMap, and says how to split it', () => {
    const { chart, config } = launcher();
    config.addLabel({ name: 'x'.repeat(1024 * 1024) });
    expect(() => Testing.synth(chart)).toThrow(/nodepool\.yaml is \d+ bytes, and a ConfigMap holds 1048576: split it by providers over several stacks/);
  });

  test('a nodepool.yaml over 256 KiB is applied by the server', () => {
    const { chart, config } = launcher();
    config.addLabel({ name: 'x'.repeat(256 * 1024) });
    const annotations = only(objects(chart), 'ConfigMap', 'nodepool-launcher-config').metadata.annotations;
    expect(annotations).toMatchObject({ 'argocd.argoproj.io/sync-options': 'ServerSideApply=true' });
  });

  test('a small nodepool.yaml needs no such annotation', () => {
    const { annotations } = only(objects(launcher().chart), 'ConfigMap', 'nodepool-launcher-config').metadata;
    expect(annotations).toEqual({ 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' });
  });

  test.each([[LogLevel.INFO, 'INFO', 'WARNING'], [LogLevel.WARN, 'WARNING', 'WARNING'], [LogLevel.DEBUG, 'DEBUG', 'DEBUG']])('%s logs Nodepool at %s and libraries at %s', (logLevel, own, libraries) => {
    const text = only(objects(launcher({ logLevel }).chart), 'ConfigMap', 'nodepool-launcher-logging').data['logging.yaml'];
    expect(text).toContain(`nodepool:\n    level: '${own}'`);
    expect(text).toContain(`kazoo:\n    level: '${libraries}'`);
  });
});
