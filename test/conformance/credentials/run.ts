import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { CustomKinds } from './crd';
import { checkSealed } from './sealed';
import { checkSops } from './sops';
import { checkTemplates } from './template';
import { isCustom, variants } from './variants';
import { ManifestObject, parseManifests } from '../../manifests';

// Every way to come by a Secret, held against the real parts: the schemas of the operators, kubeseal, sops with age, and the engine of
// templates.
//   npx tsx --tsconfig tsconfig.dev.json test/conformance/credentials/run.ts --crd FILE --crd FILE
//     [--kubeseal PROGRAM] [--sops PROGRAM --age-keygen PROGRAM] [--template PROGRAM]

const total = { passed: 0, failed: 0, skipped: 0 };

/** One check; what it throws is why it failed. */
function check(name: string, run: () => void): void {
  try {
    run();
    total.passed++;
  } catch (error) {
    total.failed++;
    console.log(`FAILED ${name}: ${(error as Error).message}`);
  }
}

/** The objects that docs/credentials.md and the example of the same name show. */
function documented(): ManifestObject[] {
  const root = join(__dirname, '../../..');
  const text = readFileSync(join(root, 'docs/credentials.md'), 'utf8');
  const shown = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].flatMap(([, yaml]) => parseManifests(yaml));
  if (shown.length === 0) { throw new Error('docs/credentials.md shows no object any more'); }
  return [...shown, ...parseManifests(readFileSync(join(root, 'examples/credentials/kubernetes.golden.yaml'), 'utf8')).filter(isCustom)];
}

const { values } = parseArgs({
  options: { 'crd': { type: 'string', multiple: true }, 'kubeseal': { type: 'string' }, 'sops': { type: 'string' }, 'age-keygen': { type: 'string' }, 'template': { type: 'string' } },
});

const kinds = new CustomKinds(...values.crd ?? []);
for (const [name, all] of Object.entries(variants())) {
  check(`${name}: is there`, () => { if (all.length === 0) { throw new Error('nothing is rendered'); } });
  for (const object of all) {
    check(`${name}: ${object.kind} is accepted`, () => {
      const refusals = kinds.refusals(object);
      if (refusals.length > 0) { throw new Error(refusals.join('; ')); }
    });
    check(`${name}: ${object.kind} reads back as it is`, () => {
      const back = kinds.readBack(object);
      if (!isDeepStrictEqual(back, object)) { throw new Error(`${JSON.stringify(back.spec)}, rendered was ${JSON.stringify(object.spec)}`); }
    });
  }
}
for (const object of documented()) {
  check(`shown: ${object.kind} ${object.metadata.name} is accepted`, () => {
    const refusals = kinds.refusals(object);
    if (refusals.length > 0) { throw new Error(refusals.join('; ')); }
  });
}
if (values.kubeseal) { checkSealed(check, values.kubeseal); } else { total.skipped++; }
if (values.sops && values['age-keygen']) { checkSops(check, values.sops, values['age-keygen']); } else { total.skipped++; }
if (values.template) { checkTemplates(check, values.template); } else { total.skipped++; }
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
