// Synthesizes the production example and says what it wrote, and what the cluster must have before it is applied.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { App, Testing, Yaml } from 'cdk8s';
import { prerequisites } from './prerequisites';
import { production } from '../examples/production/chart';

const output = join(__dirname, '..', 'examples', 'production', 'dist');
const app = new App();
production(app);
const objects = app.charts.flatMap(chart => Testing.synth(chart));
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const file = join(output, 'manifests.yaml');
writeFileSync(file, Yaml.stringify(...objects));

const kinds = new Map<string, string[]>();
for (const { kind, metadata } of objects) { kinds.set(kind, [...kinds.get(kind) ?? [], metadata.name]); }

const lines = [
  `Wrote ${objects.length} objects of the production example to ${relative(process.cwd(), file)}:`,
  ...[...kinds].map(([kind, names]) => `  ${String(names.length).padStart(2)} ${kind.padEnd(12)} ${names.join(', ')}`),
  '',
  'Before it is applied, the cluster must have:',
  ...prerequisites(objects).map(line => `  ${line}`),
  '',
  'Apply it by Git, or try it: kubectl apply --server-side -f ' + relative(process.cwd(), file),
];
process.stdout.write(lines.join('\n') + '\n');
