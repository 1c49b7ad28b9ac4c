// Writes the table of a conformance run into docs/conformance.md:
//
//   npm run conformance -- --report report.json
//   npx tsx --tsconfig tsconfig.dev.json scripts/conformance-table.ts report.json [report-of-1.28.json]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Row } from '../test/conformance/harness/report';

const FILE = join(__dirname, '../docs/conformance.md');
const BEGIN = '<!-- the table of the last run, by scripts/conformance-table.ts -->\n';
const END = '<!-- end of the table -->\n';

function table(rows: readonly Row[]): string {
  const line = ({ scenario, ok, seen, seconds }: Row) => `| \`${scenario}\` | ${ok ? '' : '**failed**: '}${seen.split('\n')[0].replaceAll('|', '\\|')} | ${Math.round(seconds)} |\n`;
  return `| scenario | what was seen | seconds |\n|---|---|---|\n${rows.map(line).join('')}`;
}

const text = readFileSync(FILE, 'utf8');
const [before, rest] = text.split(BEGIN);
if (rest === undefined || !rest.includes(END)) { throw new Error(`${FILE} has no place for the table`); }
const rows = process.argv.slice(2).flatMap(file => JSON.parse(readFileSync(file, 'utf8')) as Row[]);
if (rows.length === 0) { throw new Error('give the report of a run: npm run conformance -- --report FILE'); }
writeFileSync(FILE, `${before}${BEGIN}${table(rows)}${END}${rest.split(END)[1]}`);
