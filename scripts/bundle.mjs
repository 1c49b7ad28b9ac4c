// Makes the compiled library one file. Node spends more time on finding and opening a hundred small files than on what is in them, and
// every synth pays for it. The declarations stay as jsii wrote them.
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const OUTPUT = 'lib/index.js';

await build({
  entryPoints: [OUTPUT],
  outfile: OUTPUT,
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // the lines stay: Node shows the line of an error that nobody caught.
  external: ['cdk8s', 'cdk8s-plus-27', 'constructs'],
  logLevel: 'warning',
});

// Node finds the names that an ES module may import by reading this, not by running the file.
const names = Object.keys(createRequire(import.meta.url)(join(process.cwd(), OUTPUT)));
appendFileSync(OUTPUT, `0 && (module.exports = { ${names.join(', ')} });\n`);

for (const file of readdirSync('lib', { recursive: true })) {
  if (file.endsWith('.js') && file !== 'index.js') { rmSync(join('lib', file)); }
}
