import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TextDecoder } from 'node:util';
import { Problem } from './problem';

/** The text of a file, or why there is none. The byte order mark stays: the YAML reader passes it. */
export function readText(path: string): string | Problem {
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolve(process.cwd(), path));
  } catch (error) {
    return { text: `${path}: ${reason(error)}; paths are relative to ${process.cwd()}` };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { place: { file: path, ...firstBadByte(bytes) }, text: 'the file is not UTF-8; save it in that encoding' };
  }
}

function reason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT': return 'there is no such file';
    case 'EISDIR': return 'this is a directory; name the files in it';
    case 'EACCES': return 'the file may not be read';
    default: return `the file cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** Where the text before the first wrong byte ends. */
function firstBadByte(bytes: Buffer): { line: number; column: number } {
  let [good, bad] = [0, bytes.length];
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    if (isUtf8Start(bytes.subarray(0, middle))) { good = middle; } else { bad = middle - 1; }
  }
  const lines = bytes.subarray(0, good).toString('utf8').replace(/\ufffd+$/, '').split('\n');
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}

/** Whether bytes are UTF-8, though the last character may be cut off. */
function isUtf8Start(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
