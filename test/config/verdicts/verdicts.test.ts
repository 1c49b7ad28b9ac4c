import probes from './probes.json';
import { checkText } from '../../../src/config/check/check';
import { Finding } from '../../../src/config/check/finding';

/** What the verdicts were recorded with. */
const ENV = { NODEPOOL_PORT: '8005' };
const CLOUDS = ['fake', 'fake-vhd', 'fake-qcow2', 'fake-raw', 'vanilla-cloud', 'chocolate-cloud', 'potato', 'real-cloud'];

function verdict(findings: readonly Finding[], by: 'validator' | 'loader'): string {
  return findings.some(finding => finding[by]) ? 'fail' : 'ok';
}

// Small configurations with the verdicts of Nodepool 11.0.0: of `nodepool config-validate`, and of loading.
test.each(probes.map(probe => [probe.name, probe] as const))('the verdict is the real one: %s', (_, probe) => {
  const findings = checkText(probe.yaml, { env: ENV, clouds: CLOUDS });
  expect({ validate: verdict(findings, 'validator'), load: verdict(findings, 'loader') }).toEqual({ validate: probe.validate, load: probe.load });
});
