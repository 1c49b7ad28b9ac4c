import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', 'assets');

/** The text of a file under `assets/`, which lies beside `src` in the repository and beside `lib` in the package. */
export function asset(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
