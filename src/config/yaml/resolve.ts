import { TAG } from './nodes';

// What a plain scalar means is decided by its text alone. The expressions restate the YAML 1.1 type repository as
// PyYAML reads it; `\n?` is there because Python's `$` also matches before a final line break, which an explicit
// non-specific tag (`! "1\n"`) can bring here.
const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)\n?$/;
const NULL = /^(?:~|null|Null|NULL|)\n?$/;
const INT = /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)\n?$/;
const FLOAT = new RegExp([
  '[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+][0-9]+)?',
  '\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?',
  '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*',
  '[-+]?\\.(?:inf|Inf|INF)',
  '\\.(?:nan|NaN|NAN)',
].join('|').replace(/^(.*)$/, '^(?:$1)\\n?$$'));
const DATE = /^[0-9]{4}-[0-9][0-9]-[0-9][0-9]\n?$/;
const TIME = new RegExp([
  '^[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?',
  '(?:[Tt]|[ \\t]+)[0-9][0-9]?:[0-9][0-9]:[0-9][0-9](?:\\.[0-9]*)?',
  '(?:[ \\t]*(?:Z|[-+][0-9][0-9]?(?::[0-9][0-9])?))?\\n?$',
].join(''));

/** The tag of a plain scalar without an explicit one. */
export function resolvePlain(text: string): string {
  switch (text[0]) {
    case undefined:
    case '~':
      return NULL.test(text) ? TAG.NULL : TAG.STR;
    case 'n':
    case 'N':
      if (NULL.test(text)) { return TAG.NULL; }
      return BOOL.test(text) ? TAG.BOOL : TAG.STR;
    case 'y':
    case 'Y':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
      return BOOL.test(text) ? TAG.BOOL : TAG.STR;
    case '=':
      return /^=\n?$/.test(text) ? TAG.VALUE : TAG.STR;
    case '<':
      return /^<<\n?$/.test(text) ? TAG.MERGE : TAG.STR;
    case '.':
      return FLOAT.test(text) ? TAG.FLOAT : TAG.STR;
    case '-':
    case '+':
      return resolveNumber(text);
  }
  const code = text.charCodeAt(0);
  if (code < 0x30 || code > 0x39) { return TAG.STR; }
  const tag = resolveNumber(text);
  return tag === TAG.STR && (DATE.test(text) || TIME.test(text)) ? TAG.TIMESTAMP : tag;
}

function resolveNumber(text: string): string {
  if (INT.test(text)) { return TAG.INT; }
  return FLOAT.test(text) ? TAG.FLOAT : TAG.STR;
}
