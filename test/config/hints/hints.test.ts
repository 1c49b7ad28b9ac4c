import { NodepoolConfig } from '../../../src/config';
import { formatFailure } from '../../../src/config/python-format';

/** The rules that a text breaks. */
function rules(text: string): string[] {
  return NodepoolConfig.check(text, { clouds: ['c'] }).map(({ rule }) => rule);
}

function label(driver: string, text: string): string {
  return `labels: [{name: l}]\nproviders: [{name: p, driver: ${driver}, context: c, pools: [{name: m, labels: [${text}]}]}]`;
}

/** Milliseconds that a check takes. */
function time(text: string): number {
  const start = performance.now();
  NodepoolConfig.check(text);
  return performance.now() - start;
}

// Each with what Python's `format()` makes of it.
test.each([
  '{image_name}-{timestamp}', '{{foo}}-{timestamp}', '{{', 'plain', '', '{image_name[0]}', '{image_name!r:>30}', '{image_name:.20s}', '{image_name:05}', '{image_name:{upload_id}}',
  '{{{image_name}}}',
])('an image can be named %s', format => {
  expect(formatFailure(format, ['image_name', 'upload_id', 'timestamp'])).toBeUndefined();
});

test.each([
  '{image_name', 'x}', '{', '}', '{image_name!', '{image_name!r', '{image_name!}', '{image_name!}}', '{image_name:', '{image_name[', '{image_name[}', '{image_name[}]}', '{}', '{0}',
  '{image_name.x}', '{image_name[0]x}', '{image_name[]}', '{image_name:=5}', '{image_name:d}', '{image_name:}}', '{image_name:#}', '{image_name:,}', '{image_name:+}', '{ image_name}',
])('an image cannot be named %s', format => {
  expect(formatFailure(format, ['image_name', 'upload_id', 'timestamp'])).toBeDefined();
});

describe('names in Kubernetes', () => {
  test.each([
    ['a pod of its own spec may have dots', 'kubernetes', '{name: ubuntu-22.04, type: pod, spec: {containers: [{name: a, image: b}]}}'],
    ['only an object is labelled with the name of a namespace', 'kubernetes', '{name: My_NS, type: namespace}'],
    ['only an object is labelled with the name of a project', 'openshift', '{name: My_NS, type: project}'],
    ['a pod of its own spec may have dots, in a project too', 'openshiftpods', '{name: ubuntu-22.04, spec: {containers: [{name: a, image: b}]}}'],
  ])('%s', (_, driver, text) => {
    expect(rules(label(driver, text))).not.toContain('kubernetes-name');
  });

  test('a container has none', () => {
    expect(rules(label('kubernetes', '{name: ubuntu-22.04, type: pod, image: i}'))).toContain('kubernetes-name');
  });
});

test('an image that is not uploaded needs no object storage', () => {
  const provider = (driver: string, image: string) => `diskimages: [{name: d, formats: [raw]}]\nproviders: [{name: p, driver: ${driver}, diskimages: [{name: d${image}}], pools: []}]`;
  for (const driver of ['aws', 'ibmvpc']) {
    expect(rules(provider(driver, ''))).toContain('no-object-storage');
    expect(rules(provider(driver, ', pause: true'))).not.toContain('no-object-storage');
  }
});

test('a node with another ssh-port is another one', () => {
  const nodes = (...ports: string[]) => `labels: [{name: l}]\nproviders: [{name: p, driver: static, pools: [{name: m, nodes: [${ports.map(port => `{name: n, labels: [l], ${port}}`).join(', ')}]}]}]`;
  expect(rules(nodes('ssh-port: 22', 'ssh-port: 23'))).not.toContain('duplicate-node');
  expect(rules(nodes('ssh-port: 23', 'connection-port: 23'))).toContain('duplicate-node');
});

describe('the time of a check does not grow faster than the text', () => {
  test('for a format full of braces', () => {
    expect(time(`providers: [{name: p, cloud: c, image-name-format: "${'{a'.repeat(500_000)}"}]`)).toBeLessThan(5000);
  });

  test.each([['circle', 3000], ['chain', -1]])('for diskimages that inherit in a %s', (_, first) => {
    const images = Array.from({ length: 3000 }, (__, index) => `- {name: i${index}, pause: false, parent: i${index ? index - 1 : first - 1}}`);
    expect(time(`diskimages:\n${images.join('\n')}\n`)).toBeLessThan(3000);
  });
});
