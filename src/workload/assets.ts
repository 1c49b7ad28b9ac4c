import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

let root: string | undefined;

/** The text of a file under `assets/`, which lies beside `src` in the repository, and beside `lib` (one file) in the package. */
export function asset(path: string): string {
  root ??= [join(__dirname, '..', 'assets'), join(__dirname, '..', '..', 'assets')].find(existsSync);
  return readFileSync(join(root!, path), 'utf8');
}
