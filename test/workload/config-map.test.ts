import { rootCertificates } from 'node:tls';
import { CorporateCa } from '../../src';
import { fileConfigMap } from '../../src/workload/config-map';
import { builder, HOST_KEY, launcher, objects, testChart } from '../fixtures';
import { only } from '../manifests';

/** kubectl's annotation must stay below this, with everything of the object in it. */
const ANNOTATION_LIMIT = 262144;

function serverSide(text: string): boolean {
  const chart = testChart();
  fileConfigMap(chart, 'Files', 'files', {}, { file: text });
  return only(objects(chart), 'ConfigMap').metadata.annotations?.['argocd.argoproj.io/sync-options'] === 'ServerSideApply=true';
}

describe('what does not fit into the annotation of a client-side apply is applied on the server', () => {
  test.each([
    ['letters', 'x'],
    ['line ends, of two characters each', '\n'],
    ['quotes, of two characters each', '"'],
    ['brackets, which Go writes with six characters', '<'],
    ['letters of two bytes', 'ä'],
  ])('counted as JSON: %s', (_, letter) => {
    const width = letter === '<' ? 6 : Buffer.byteLength(JSON.stringify(letter)) - 2;
    expect(serverSide(letter.repeat(Math.ceil((ANNOTATION_LIMIT - 1000) / width)))).toBe(true);
    expect(serverSide(letter.repeat(Math.floor(200 * 1024 / width)))).toBe(false);
  });
});

describe('a ConfigMap holds 1 MiB', () => {
  const LARGE = 'x'.repeat(600 * 1024);

  test('fails when commands are more together', () => {
    expect(() => builder({ dibCommands: { a: `#!/bin/sh\n${LARGE}`, b: `#!/bin/sh\n${LARGE}` } }))
      .toThrow(`[ci/Builder] 'dibCommands' together must be 1048576 bytes at most, which is what a ConfigMap holds, got ${2 * (LARGE.length + 10)}`);
  });

  test('fails when certificates are more', () => {
    const certificate = `${rootCertificates[0]}\n`;
    const enough = Math.ceil(1.1 * 1024 * 1024 / certificate.length);
    expect(() => launcher({ corporateCa: CorporateCa.fromPem(certificate.repeat(enough)) }))
      .toThrow("[ci/Launcher] 'corporateCa' must be 1048576 bytes at most");
  });

  test('fails when known hosts are more', () => {
    expect(() => builder({ knownHosts: Array.from({ length: 12000 }, (_, index) => `h${index}.example.com ${HOST_KEY}`) }))
      .toThrow("[ci/Builder] 'knownHosts' and 'sshConfig' together must be 1048576 bytes at most");
  });
});
