import { smallestProgram } from './readme';

const PROGRAM = "import { NodepoolConfig } from 'cdk8s-nodepool';\nNodepoolConfig.fromFile('nodepool/nodepool.yaml');\napp.synth();\n";
const fence = (language: string, text: string) => `\`\`\`${language}\n${text}\`\`\`\n`;

test('the program is the first block that imports the library and synthesizes', () => {
  const readme = fence('bash', 'npm install cdk8s-nodepool\n') + fence('ts', "import { A } from 'cdk8s-nodepool';\n") + fence('ts', PROGRAM);
  expect(smallestProgram(readme).source).toBe(PROGRAM);
});

test('the program may be JavaScript', () => {
  const program = "const { App } = require('cdk8s-nodepool');\nnew App().synth();\n";
  expect(smallestProgram(fence('js', program))).toEqual({ name: 'main.js', source: program, files: {} });
});

test('the file that it reads is the nodepool.yaml that the README shows, if it shows one', () => {
  const manifest = fence('yaml', 'apiVersion: v1\nlabels: {}\n');
  expect(smallestProgram(fence('ts', PROGRAM) + manifest).files).toEqual({ 'nodepool/nodepool.yaml': undefined });
  expect(smallestProgram(fence('ts', PROGRAM) + manifest + fence('yaml', 'labels: []\n')).files).toEqual({ 'nodepool/nodepool.yaml': 'labels: []\n' });
});

test('fails when the README has no program', () => {
  expect(() => smallestProgram('# nothing')).toThrow("the README has no ```ts or ```js block that imports 'cdk8s-nodepool'");
});
