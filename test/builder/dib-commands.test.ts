import { builder, container, mounts, objects, pod } from '../fixtures';
import { only } from '../manifests';

test('a command is an executable file in the builder', () => {
  const { chart } = builder({ dibCommands: { 'build-image': '#!/bin/bash\nexit 0\n' } });
  const template = pod(chart, 'StatefulSet');
  const volume = template.spec.volumes.find((each: any) => each.name === 'dib-commands');
  expect(volume.configMap).toEqual({ name: 'nodepool-builder-dib-commands', defaultMode: 0o555 });
  expect(mounts(container(template, 'nodepool-builder'))['/opt/nodepool/dib-commands']).toBe('dib-commands');
  expect(only(objects(chart), 'ConfigMap', 'nodepool-builder-dib-commands').data).toEqual({ 'build-image': '#!/bin/bash\nexit 0\n' });
});

test('without commands there is no volume for them', () => {
  const { chart } = builder();
  expect(pod(chart, 'StatefulSet').spec.volumes.map((each: any) => each.name)).not.toContain('dib-commands');
});

test('fails when a command has the line ends of Windows, by which no interpreter is found', () => {
  expect(() => builder({ dibCommands: { build: '#!/bin/bash\r\nexit 0\r\n' } }))
    .toThrow("[ci/Builder] 'dibCommands.build' must have line ends of LF alone, got CR; save it so, or hand in text.replace(/\\r/g, '')");
});

test('fails when a command is no script, or its name is no file name, and says both', () => {
  const make = () => builder({ dibCommands: { 'a/b': '#!/bin/sh', 'build': 'echo' } });
  expect(make).toThrow('\'dibCommands\' has the name "a/b"');
  expect(make).toThrow('\'dibCommands.build\' must be the text of a script that begins with "#!"');
});
