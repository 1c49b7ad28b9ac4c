import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PyYaml, Verdicts } from './pyyaml';

/** The cases that the unit tests read, with what PyYAML made of them. */
const FILE = join(__dirname, '../../config/yaml/pyyaml-cases.json');

interface Recorded {
  readonly yaml: string;
  readonly value?: unknown;
  readonly refused?: boolean;
  readonly validatorRefuses?: boolean;
}

/** Asks PyYAML again about the recorded cases; returns how many agreed and how many differed, or writes them anew. */
export async function checkRecorded(python: PyYaml, record: boolean): Promise<[number, number]> {
  const groups: Record<string, Recorded[]> = JSON.parse(readFileSync(FILE, 'utf8'));
  let [agreed, differed] = [0, 0];
  for (const [name, cases] of Object.entries(groups)) {
    const verdicts = await python.load(cases.map(one => one.yaml));
    groups[name] = cases.map((one, index) => recorded(one.yaml, verdicts[index]));
    cases.forEach((one, index) => {
      if (JSON.stringify(one) === JSON.stringify(groups[name][index])) {
        agreed++;
      } else {
        differed++;
        console.log(`  recorded otherwise: ${JSON.stringify(one.yaml)}`);
      }
    });
  }
  if (record) { writeFileSync(FILE, `{\n${Object.entries(groups).map(group).join(',\n')}\n}\n`); }
  console.log(`recorded cases: ${agreed} agreed, ${differed} differed${record ? ', written anew' : ''}`);
  return record ? [agreed + differed, 0] : [agreed, differed];
}

function recorded(yaml: string, { c, pure }: Verdicts): Recorded {
  if (!('ok' in c)) { return { yaml, refused: true }; }
  return { yaml, value: c.ok, ...('ok' in pure ? {} : { validatorRefuses: true }) };
}

function group([name, cases]: [string, Recorded[]]): string {
  return `  ${JSON.stringify(name)}: [\n${cases.map(one => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]`;
}
