import { END, isBlank, isBreak, isGap } from './characters';
import { Cursor } from './cursor';
import { foldBreaks } from './scan-plain';

const BACKSLASH = 0x5c;
const SINGLE = 0x27;
const DOUBLE = 0x22;

/** Single-letter escapes of double-quoted text. */
const ESCAPES: Record<string, string> = {
  '0': '\0',
  'a': '\x07',
  'b': '\b',
  't': '\t',
  '\t': '\t',
  'n': '\n',
  'v': '\v',
  'f': '\f',
  'r': '\r',
  'e': '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  'N': '\x85',
  '_': '\xa0',
  'L': '\u2028',
  'P': '\u2029',
};

/** Escapes by character number, and how many hexadecimal digits each takes. */
const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 };

/** Reads a quoted scalar; the cursor is at the opening quote and ends behind the closing one. */
export function scanQuoted(cursor: Cursor): string {
  const start = cursor.pos;
  const quote = cursor.code();
  cursor.pos++;
  let value = '';
  for (;;) {
    const piece = scanWord(cursor, quote, start);
    value += piece.text;
    if (piece.closed) { return value; }
    value += scanSpace(cursor, start, piece.continued);
  }
}

interface Word {
  readonly text: string;
  /** Whether the closing quote came. */
  readonly closed: boolean;
  /** Whether an escaped line break ended it. */
  readonly continued: boolean;
}

/** Reads up to white space or the closing quote. */
function scanWord(cursor: Cursor, quote: number, start: number): Word {
  const { text } = cursor;
  let from = cursor.pos;
  let word = '';
  for (;;) {
    const code = cursor.code();
    if (code === quote) {
      word += text.slice(from, cursor.pos);
      if (quote === SINGLE && cursor.code(1) === SINGLE) {
        word += "'";
        from = cursor.pos += 2;
        continue;
      }
      cursor.pos++;
      return { text: word, closed: true, continued: false };
    }
    if (code === BACKSLASH && quote === DOUBLE) {
      word += text.slice(from, cursor.pos);
      if (isBreak(cursor.code(1))) {
        cursor.pos++;
        cursor.takeBreak();
        return { text: word, closed: false, continued: true };
      }
      word += scanEscape(cursor, start);
      from = cursor.pos;
      continue;
    }
    if (isGap(code)) { return { text: word + text.slice(from, cursor.pos), closed: false, continued: false }; }
    cursor.pos++;
  }
}

/** Reads white space and line breaks between two words, folded as they read. */
function scanSpace(cursor: Cursor, start: number, continued: boolean): string {
  let first: string | undefined = continued ? '' : undefined;
  let more = '';
  const from = cursor.pos;
  let blanksEnd = from;
  for (;;) {
    if (cursor.column === 0 && cursor.atMarker()) {
      throw cursor.error('a document marker inside quoted text', `close the quote that opened on line ${cursor.source.place(start).line}`);
    }
    const code = cursor.code();
    if (isBlank(code)) {
      cursor.pos++;
      if (first === undefined) { blanksEnd = cursor.pos; }
    } else if (isBreak(code)) {
      const read = cursor.takeBreak();
      if (first === undefined) { first = read; } else { more += read; }
    } else if (code === END) {
      throw cursor.error('quoted text is not closed', 'add the closing quote', start);
    } else {
      break;
    }
  }
  if (first === undefined) { return cursor.text.slice(from, blanksEnd); }
  return first === '' ? more : foldBreaks(first, more);
}

function scanEscape(cursor: Cursor, start: number): string {
  const letter = cursor.text[cursor.pos + 1];
  const digits = HEX_DIGITS[letter];
  if (digits === undefined) {
    const read = ESCAPES[letter];
    if (read === undefined) {
      if (letter === '\0') { throw cursor.error('quoted text is not closed', 'add the closing quote', start); }
      throw cursor.error(`"\\${letter}" is no escape`, 'write "\\\\" for a backslash, or use single quotes');
    }
    cursor.pos += 2;
    return read;
  }
  const hex = cursor.text.slice(cursor.pos + 2, cursor.pos + 2 + digits);
  if (hex.length !== digits || /[^0-9A-Fa-f]/.test(hex)) {
    throw cursor.error(`"\\${letter}" needs ${digits} hexadecimal digits`, 'write "\\\\" for a backslash, or use single quotes');
  }
  const code = parseInt(hex, 16);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  // The loader written in Python takes half a character for one.
  cursor.dialectMatters ||= isSurrogate;
  if (code > 0x10ffff || (isSurrogate && cursor.dialect === 'libyaml')) {
    throw cursor.error(`"\\${letter}${hex}" names no character`, 'characters beyond FFFF are written "\\U" and eight digits');
  }
  cursor.pos += 2 + digits;
  return String.fromCodePoint(code);
}
