import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { JsonPatch } from 'cdk8s';
import { ConfigMap } from 'cdk8s-plus-27';
import { CorporateCa } from '../../src';
import { builder, container, environment, errorOf, launcher, mounts, named, objects, option, pod, privateKey, testChart } from '../fixtures';
import { expectNoSecretValues, only } from '../manifests';

const [ONE, TWO] = rootCertificates;
const services = { launcher: { make: launcher, kind: 'Deployment' }, builder: { make: builder, kind: 'StatefulSet' } } as const;

describe.each(['launcher', 'builder'] as const)('the %s', service => {
  const { make, kind } = services[service];
  const { chart } = (make as typeof launcher)({ corporateCa: CorporateCa.fromConfigMapName('corporate-ca-certs') });
  const template = pod(chart, kind);
  const main = container(template, service === 'builder' ? 'nodepool-builder' : 'launcher');

  test.each(['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'HTTPLIB2_CA_CERTS', 'AWS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO'])('%s names the bundle', name => {
    expect(environment(main)[name]).toBe('/etc/nodepool-ca/ca-bundle.pem');
  });

  test.each(['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'])('the bundle lies at %s', path => {
    expect(main.volumeMounts).toContainEqual({ name: 'ca-bundle', mountPath: path, subPath: 'ca-bundle.pem', readOnly: true });
  });

  test('an init container without that mount makes it of the system\'s and the company\'s certificates', () => {
    const prepare = container(template, 'prepare');
    expect(option(prepare.command, '--ca-source')).toEqual(['/etc/nodepool-corporate-ca']);
    expect(option(prepare.command, '--ca-bundle-dir')).toEqual(['/etc/nodepool-ca']);
    expect(Object.keys(mounts(prepare)).filter(path => /\.(crt|pem)$/.test(path))).toEqual([]);
  });

  test('the supervisor makes it again when the certificates change', () => {
    expect(option(main.command, '--ca-source')).toEqual(['/etc/nodepool-corporate-ca']);
    expect(option(main.command, '--watch')).not.toContain('/etc/nodepool-corporate-ca');
  });

  test('an existing ConfigMap is used under its name', () => {
    expect(named(template.spec.volumes, 'corporate-ca').configMap.name).toBe('corporate-ca-certs');
  });
});

test('without certificates there is neither a bundle nor a variable for it', () => {
  const template = pod(launcher().chart);
  expect(template.spec.initContainers).toBeUndefined();
  expect(Object.keys(environment(container(template, 'launcher'))).filter(name => /CA|CERT/.test(name))).toEqual([]);
});

describe('fromPem', () => {
  test('writes the certificates, without what stands between them', () => {
    const { chart, launcher: part } = launcher({ corporateCa: CorporateCa.fromPem(`Our CA\r\n${ONE.replace(/\n/g, '\r\n')}\n# another\n${TWO}`) });
    const configMap = only(objects(chart), 'ConfigMap', 'nodepool-launcher-corporate-ca');
    expect(configMap.data).toEqual({ 'ca.crt': `${ONE.trim()}\n${TWO.trim()}\n` });
    expect(part.corporateCaConfigMap?.name).toBe(configMap.metadata.name);
  });

  test('a patch goes through its ConfigMap', () => {
    const { chart, launcher: part } = launcher({ corporateCa: CorporateCa.fromPem(ONE) });
    part.corporateCaConfigMap!.addJsonPatch(JsonPatch.add('/immutable', true));
    expect(only(objects(chart), 'ConfigMap', 'nodepool-launcher-corporate-ca').immutable).toBe(true);
  });

  test('fails when a private key is among them, and shows none of it', () => {
    const key = privateKey();
    const message = errorOf(() => CorporateCa.fromPem(ONE + key));
    expect(message).toBe('CorporateCa.fromPem: holds a private key; give the certificates alone');
    expectNoSecretValues(message, [key]);
  });

  test.each<[string, (der: Buffer) => Buffer]>([
    ['X509 CERTIFICATE', der => der],
    // OpenSSL's own addition: trusted for TLS servers.
    ['TRUSTED CERTIFICATE', der => Buffer.concat([der, Buffer.from('300c300a06082b06010505070301', 'hex')])],
  ])('writes a %s as a plain certificate, which is what the pods read', (kind, encoded) => {
    const base64 = encoded(new X509Certificate(ONE).raw).toString('base64').replace(/.{64}/g, '$&\n');
    const { chart } = launcher({ corporateCa: CorporateCa.fromPem(`-----BEGIN ${kind}-----\n${base64}\n-----END ${kind}-----\n${TWO}`) });
    expect(only(objects(chart), 'ConfigMap', 'nodepool-launcher-corporate-ca').data).toEqual({ 'ca.crt': `${new X509Certificate(ONE)}${TWO.trim()}\n` });
  });

  test.each(['', 'corporate.pem', 'MIIB'])('fails when %j is no PEM', pem => {
    expect(() => CorporateCa.fromPem(pem)).toThrow('CorporateCa.fromPem: no PEM certificate found; a PEM certificate begins with "-----BEGIN CERTIFICATE-----"');
  });

  test.each([undefined, null, 5, Buffer.from('x')])('fails when it is no text', pem => {
    expect(() => CorporateCa.fromPem(pem as any)).toThrow('CorporateCa.fromPem: needs PEM certificates as text');
  });

  test('fails when the second of two is cut', () => {
    const cut = TWO.replace(/\n[^\n]+\n[^\n]+\n-----END/, '\n-----END');
    expect(() => CorporateCa.fromPem(`${ONE}\n${cut}`)).toThrow('CorporateCa.fromPem: certificate 2 of 2 cannot be read; it is cut or not base64 of a certificate');
  });
});

describe('fromFile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'corporate-ca-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  test('reads the certificates', () => {
    const file = join(directory, 'ca.pem');
    writeFileSync(file, ONE);
    const { chart } = builder({ corporateCa: CorporateCa.fromFile(file) });
    expect(only(objects(chart), 'ConfigMap', 'nodepool-builder-corporate-ca').data['ca.crt']).toBe(`${ONE.trim()}\n`);
  });

  test('fails when there is no such file', () => {
    expect(() => CorporateCa.fromFile('/nowhere/ca.pem')).toThrow('CorporateCa.fromFile: cannot read "/nowhere/ca.pem" (ENOENT); give a file with PEM certificates');
  });

  test('fails when it is no PEM', () => {
    const file = join(directory, 'none.pem');
    writeFileSync(file, 'x');
    expect(() => CorporateCa.fromFile(file)).toThrow(`CorporateCa.fromFile("${file}"): no PEM certificate found`);
  });
});

test('fromConfigMap takes a ConfigMap of the same app', () => {
  const source = CorporateCa.fromConfigMap(ConfigMap.fromConfigMapName(testChart(), 'C', 'mine'));
  expect(named(pod(launcher({ corporateCa: source }).chart).spec.volumes, 'corporate-ca').configMap.name).toBe('mine');
});

test.each(['', 'No_Map', undefined])('fails when the ConfigMap is named %p', name => {
  expect(() => launcher({ corporateCa: CorporateCa.fromConfigMapName(name as any) })).toThrow("[ci/Launcher] 'corporateCa' must be an object's name");
});
