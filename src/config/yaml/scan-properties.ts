import { isBlank, isBreak, isDigit, isFlowIndicator, isGap, isWord } from './characters';
import { Cursor } from './cursor';
import { Token, TokenKind } from './tokens';

const BANG = 0x21;
const LESS = 0x3c;
const GREATER = 0x3e;
const COMMA = 0x2c;
const PERCENT = 0x25;

/** Reads `&name` or `*name`. */
export function scanAnchor(cursor: Cursor, kind: TokenKind.ANCHOR | TokenKind.ALIAS): Token {
  const start = cursor.pos++;
  const from = cursor.pos;
  while (isWord(cursor.code())) { cursor.pos++; }
  const value = cursor.text.slice(from, cursor.pos);
  if (!value || !(isGap(cursor.code()) || '?:,]}%@`'.includes(cursor.text[cursor.pos]))) {
    throw cursor.error(
      `${kind === TokenKind.ANCHOR ? '"&" begins an anchor' : '"*" begins an alias'}, and its name has letters, digits, "-" and "_" only`,
      'quote the text if it is none',
      start,
    );
  }
  return { kind, start, value };
}

/** Reads a tag: `!<uri>`, `!`, `!local`, `!!str` or `!handle!suffix`. */
export function scanTag(cursor: Cursor, inFlow: boolean): Token {
  const start = cursor.pos;
  cursor.dialectMatters = true;
  let handle: string | undefined;
  let value: string;
  if (cursor.code(1) === LESS) {
    cursor.pos += 2;
    value = scanUri(cursor, true);
    if (cursor.code() !== GREATER || !value) { throw cursor.error('a tag that opens with "!<" is not closed', 'close it with ">"', start); }
    cursor.pos++;
  } else {
    handle = scanHandle(cursor);
    value = scanUri(cursor, false);
    if (!handle.endsWith('!') || (handle === '!' && !value)) {
      value = handle.slice(1) + value;
      // A lone "!" is the non-specific tag, not a handle without a suffix.
      handle = value ? '!' : undefined;
      value ||= '!';
    } else if (!value) {
      throw cursor.error('a tag without a name', 'write a standard tag such as "!!str"', start);
    }
  }
  const endsInFlow = inFlow && cursor.dialect === 'libyaml' && cursor.code() === COMMA;
  if (!isGap(cursor.code()) && !endsInFlow) {
    throw cursor.error('white space is missing behind a tag', 'quote the text if "!" is no tag');
  }
  return { kind: TokenKind.TAG, start, handle, value };
}

/** `!`, `!!` or `!word!`; also `!word`, when the second `!` does not come. */
function scanHandle(cursor: Cursor): string {
  const from = cursor.pos++;
  while (isWord(cursor.code())) { cursor.pos++; }
  if (cursor.code() === BANG) { cursor.pos++; }
  return cursor.text.slice(from, cursor.pos);
}

function scanUri(cursor: Cursor, verbatim: boolean): string {
  let uri = '';
  for (;;) {
    const code = cursor.code();
    if (code === PERCENT) {
      uri += scanUriEscapes(cursor);
    } else if (isWord(code) || (code < 0x80 && ";/?:@&=+$.!~*'()".includes(cursor.text[cursor.pos]) && code !== 0)
      || (isUriFlowCharacter(code) && (verbatim || cursor.dialect === 'python'))) {
      uri += cursor.text[cursor.pos++];
    } else {
      return uri;
    }
  }
}

function isUriFlowCharacter(code: number): boolean {
  return isFlowIndicator(code) && code !== 0x7b && code !== 0x7d;
}

function scanUriEscapes(cursor: Cursor): string {
  const start = cursor.pos;
  const escapes = /(?:%[0-9A-Fa-f]{2})+/y;
  escapes.lastIndex = start;
  const found = escapes.exec(cursor.text);
  try {
    if (found) {
      cursor.pos += found[0].length;
      return decodeURIComponent(found[0]);
    }
  } catch {
    // not UTF-8: reported below
  }
  throw cursor.error('"%" in a tag needs two hexadecimal digits that form UTF-8 text', undefined, start);
}

/** Reads a directive line, `%YAML 1.1` or `%TAG ! tag:example.com,2000:`. */
export function scanDirective(cursor: Cursor): Token {
  const start = cursor.pos++;
  cursor.dialectMatters = true;
  const from = cursor.pos;
  while (isWord(cursor.code())) { cursor.pos++; }
  const name = cursor.text.slice(from, cursor.pos);
  const unusable = () => cursor.error(`"%${name}" is a directive that cannot be used`, 'quote the text that begins with "%", or leave the line out', start);
  if (!isGap(cursor.code()) || (name !== 'YAML' && name !== 'TAG')) {
    if (cursor.dialect === 'libyaml' || !isGap(cursor.code()) || !name) { throw unusable(); }
  }
  cursor.skipBlanks();
  const rest = cursor.pos;
  cursor.skipLine();
  const value = cursor.text.slice(rest, cursor.pos).replace(/(?:^|[ \t]+)#.*$/, '').trimEnd();
  if (name === 'YAML') {
    if (![...value].every(character => isDigit(character.charCodeAt(0)) || character === '.') || !/^\d{1,9}\.\d{1,9}$/.test(value)) { throw unusable(); }
  } else if (name === 'TAG' && !/^(?:!|![\w-]*!)[ \t]+[^ \t]+$/.test(value)) {
    throw unusable();
  }
  if (isBreak(cursor.code()) || isBlank(cursor.code())) { cursor.takeBreak(); }
  return { kind: TokenKind.DIRECTIVE, start, handle: name, value };
}
