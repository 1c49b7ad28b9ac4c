// Makes the compiled library one file. Node spends more time on finding and opening a hundred small files than on what is in them, and
// every synth pays for it. The declarations stay as jsii wrote them.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

await build({
  entryPoints: ['lib/index.js'],
  outfile: 'lib/index.js',
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['cdk8s', 'cdk8s-plus-27', 'constructs'],
  // names of classes stand in errors, and cdk8s asks for them.
  keepNames: true,
  // node reads less: comments and indentation are a quarter of the file.
  minifyWhitespace: true,
  logLevel: 'warning',
});

for (const file of readdirSync('lib', { recursive: true })) {
  if (file.endsWith('.js') && file !== 'index.js') { rmSync(join('lib', file)); }
}
