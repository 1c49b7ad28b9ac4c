import { isBlank, isBreak, isDigit, SPACE, TAB } from './characters';
import { Cursor } from './cursor';

const PLUS = 0x2b;
const DASH = 0x2d;
const HASH = 0x23;
const ZERO = 0x30;
const GREATER = 0x3e;

/** What stands behind `|` or `>`. */
interface Header {
  /** `+` keeps the line breaks at the end, `-` drops them all, nothing keeps one. */
  readonly chomping: 'keep' | 'strip' | 'clip';
  /** Columns deeper than the parent, when written. */
  readonly indent?: number;
}

/** Reads a literal (`|`) or folded (`>`) scalar inside a block indented by `parentIndent` (-1 at the top). */
export function scanBlockScalar(cursor: Cursor, parentIndent: number): string {
  const folded = cursor.code() === GREATER;
  cursor.pos++;
  const header = scanHeader(cursor);
  let indent = 0;
  if (header.indent !== undefined) {
    indent = parentIndent >= 0 ? parentIndent + header.indent : header.indent;
  }
  let blankLines: string;
  if (indent === 0) {
    const found = detectIndent(cursor);
    blankLines = found.breaks;
    indent = Math.max(found.indent, parentIndent + 1, 1);
  } else {
    blankLines = scanBlankLines(cursor, indent);
  }

  let value = '';
  let lastBreak = '';
  let lastLineIndented = false;
  while (cursor.column === indent && !cursor.atEnd) {
    const indented = isBlank(cursor.code());
    // Folding joins two lines only when neither begins with white space.
    if (folded && lastBreak === '\n' && !lastLineIndented && !indented) {
      value += blankLines || ' ';
    } else {
      value += lastBreak + blankLines;
    }
    lastLineIndented = indented;
    const from = cursor.pos;
    cursor.skipLine();
    value += cursor.text.slice(from, cursor.pos);
    lastBreak = cursor.takeBreak();
    blankLines = scanBlankLines(cursor, indent);
  }
  if (header.chomping === 'strip') { return value; }
  return value + lastBreak + (header.chomping === 'keep' ? blankLines : '');
}

function scanHeader(cursor: Cursor): Header {
  let chomping: Header['chomping'] = 'clip';
  let indent: number | undefined;
  const chomp = () => {
    const code = cursor.code();
    if (code !== PLUS && code !== DASH) { return; }
    chomping = code === PLUS ? 'keep' : 'strip';
    cursor.pos++;
  };
  chomp();
  if (isDigit(cursor.code())) {
    indent = cursor.code() - ZERO;
    if (indent === 0) { throw cursor.error('an indentation of 0 behind "|" or ">"', 'write 1 to 9, or nothing'); }
    cursor.pos++;
    if (chomping === 'clip') { chomp(); }
  }
  cursor.dialectMatters ||= cursor.code() === HASH;
  if (cursor.dialect === 'python' && cursor.code() === HASH) {
    throw cursor.error('a comment directly behind "|" or ">"', 'put a space before the "#"');
  }
  cursor.skipBlanks();
  if (cursor.code() === HASH) { cursor.skipLine(); }
  if (!isBreak(cursor.code()) && !cursor.atEnd) {
    throw cursor.error('text on the same line as "|" or ">"', 'begin the text on the next line, indented');
  }
  cursor.takeBreak();
  return { chomping, indent };
}

/** Finds the indentation of the first line that is not empty. */
function detectIndent(cursor: Cursor): { breaks: string; indent: number } {
  let breaks = '';
  let indent = 0;
  for (;;) {
    cursor.skipSpaces();
    indent = Math.max(indent, cursor.column);
    if (cursor.code() === TAB && cursor.dialect === 'libyaml') { throw cursor.tabError(); }
    if (!isBreak(cursor.code())) { return { breaks, indent }; }
    breaks += cursor.takeBreak();
  }
}

/** Passes empty lines, and the indentation of the line that follows. */
function scanBlankLines(cursor: Cursor, indent: number): string {
  let breaks = '';
  for (;;) {
    while (cursor.column < indent && cursor.code() === SPACE) { cursor.pos++; }
    if (cursor.column < indent && cursor.code() === TAB && cursor.dialect === 'libyaml') { throw cursor.tabError(); }
    if (!isBreak(cursor.code())) { return breaks; }
    breaks += cursor.takeBreak();
  }
}
