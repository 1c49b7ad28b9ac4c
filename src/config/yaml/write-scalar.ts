import { TAG } from './nodes';
import { resolvePlain } from './resolve';
import { environmentVariables, YamlEnvText, YamlFloat } from './values';

/** Columns by which a level is indented. */
export const INDENT = 2;

/**
 * Text that every YAML reader takes for the same string without quotes. Narrower than it needs to be: a few more quotes
 * cost nothing, and tools other than Nodepool read the file too.
 */
const PLAIN = /^[\p{L}0-9_./+$^~(\\][^\p{C}\p{Z}\ufeff]*(?: [^#\p{C}\p{Z}\ufeff][^\p{C}\p{Z}\ufeff]*)*$/u;

/** What YAML 1.2 or JSON readers take for something else than a string, although Nodepool does not. */
const OTHERWISE_TYPED = /^(?:[yYnN]|[-+.]?[0-9][0-9_,.eE:+-]*|0[oO][0-7]+|[-+]?0[xX][0-9a-fA-F]+|[-+]?\.(?:inf|nan)|null|true|false|yes|no|on|off|~.*)$/i;

/** What only an escape in double quotes can say. */
const NEEDS_ESCAPE = /[^\x20-\x7e\n\xa1-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\u{10000}-\u{10ffff}]|[\u2028\u2029\ufeff\ufff9-\ufffb\u200b-\u200f\u202a-\u202e\u2060-\u206f]/u;

const LONE_SURROGATE = /[\ud800-\udfff]/u;

const NAMED_ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

/** Writes a string so that PyYAML reads the same string; `column` is that of the collection around it, or -1. */
export function writeString(text: string, column: number, oneLine = false): string {
  if (LONE_SURROGATE.test(text)) { throw new Error('a text holds half of a surrogate pair, which cannot be written; remove it'); }
  if (environmentVariables(text).length > 0) { return writeEnvText(new YamlEnvText(text, preferredQuote(text)), column, oneLine); }
  if (isPlain(text)) { return text; }
  if (!oneLine && isLiteral(text)) { return literal(text, column); }
  return preferredQuote(text) === 'single' ? single(text) : double(text);
}

/** Writes text with a `%(NODEPOOL_…)` in it in the style in which it was read. */
export function writeEnvText(value: YamlEnvText, column: number, oneLine = false): string {
  const { text, style } = value;
  if (style === 'plain') {
    // A line break inside a plain text is an empty line where it is written.
    return text.replace(/\n/g, breaks => `\n${breaks}${' '.repeat(column + INDENT)}`);
  }
  if (text.includes('\n') && !oneLine && isLiteral(text)) { return literal(text, column); }
  if (style !== 'double' && !text.includes('\n') && !NEEDS_ESCAPE.test(text)) { return single(text); }
  return double(text);
}

/** Writes a floating point number so that it stays one. */
export function writeFloat({ value }: YamlFloat): string {
  if (Number.isNaN(value)) { return '.nan'; }
  if (!Number.isFinite(value)) { return value < 0 ? '-.inf' : '.inf'; }
  if (Object.is(value, -0)) { return '-0.0'; }
  const [mantissa, exponent] = String(value).split('e');
  return (mantissa.includes('.') ? mantissa : `${mantissa}.0`) + (exponent === undefined ? '' : `e${exponent}`);
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !NEEDS_ESCAPE.test(text) && !/:(?: |$)|^\.\.\./.test(text)
    && !OTHERWISE_TYPED.test(text) && resolvePlain(text) === TAG.STR;
}

function preferredQuote(text: string): 'single' | 'double' {
  return /["\\]/.test(text) && !/\n/.test(text) && !NEEDS_ESCAPE.test(text) ? 'single' : 'double';
}

function single(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}

function double(text: string): string {
  let written = '';
  for (const character of text) {
    written += NAMED_ESCAPES[character] ?? (NEEDS_ESCAPE.test(character) ? escapeByNumber(character) : character);
  }
  return `"${written}"`;
}

function escapeByNumber(character: string): string {
  const code = character.codePointAt(0)!.toString(16).toUpperCase();
  if (code.length <= 2) { return `\\x${code.padStart(2, '0')}`; }
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}

/** Whether text of several lines can be written as a literal (`|`): more than line breaks, and nothing to escape. */
function isLiteral(text: string): boolean {
  return /\n/.test(text) && /[^\s]/.test(text) && !NEEDS_ESCAPE.test(text.replace(/\t/g, '')) && !/^[\n ]*\t/.test(text);
}

function literal(text: string, column: number): string {
  // A first line that begins with a space would be taken for deeper indentation.
  const indicator = /^\n* /.test(text) ? String(INDENT) : '';
  const chomping = text.endsWith('\n') ? (/\n\n$/.test(text) ? '+' : '') : '-';
  const margin = ' '.repeat(Math.max(column, 0) + INDENT);
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `|${indicator}${chomping}\n${body.replace(/^(?!\n|$)/gm, margin)}`;
}
