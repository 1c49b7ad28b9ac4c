import { END, isBlank, isBreak, isFlowIndicator, isGap, SPACE, TAB } from './characters';
import { Cursor } from './cursor';

const HASH = 0x23;
const COLON = 0x3a;
const QUESTION = 0x3f;

/** A plain (unquoted) scalar. */
export interface PlainScan {
  readonly value: string;

  /** Whether the scan passed a line break after the last word, so that a new key may begin. */
  readonly endsLine: boolean;
}

/** Reads a plain scalar, which may go on over several lines indented by `minColumn` or more. */
export function scanPlain(cursor: Cursor, minColumn: number, inFlow: boolean): PlainScan {
  let value = '';
  for (;;) {
    value += scanPlainLine(cursor, inFlow);
    const gap = scanPlainGap(cursor, minColumn);
    if (gap === undefined) { return { value, endsLine: false }; }
    if (cursor.atMarker() || cursor.atEnd || cursor.code() === HASH || (!inFlow && cursor.column < minColumn) || endsPlain(cursor, inFlow)) {
      return { value, endsLine: true };
    }
    value += gap;
  }
}

/** The words on one line; leaves the cursor behind the last word and the blanks that follow it. */
function scanPlainLine(cursor: Cursor, inFlow: boolean): string {
  const { text } = cursor;
  const start = cursor.pos;
  let end = start;
  let pos = start;
  for (;;) {
    const code = text.charCodeAt(pos);
    if (code === SPACE || code === TAB) {
      if (code === TAB) {
        cursor.pos = pos;
        cursor.passTab();
      }
      pos++;
      if (text.charCodeAt(pos) === HASH) { break; }
      continue;
    }
    if (code === END || isBreak(code)) { break; }
    cursor.pos = pos;
    if ((code === COLON || inFlow) && endsPlain(cursor, inFlow)) { break; }
    end = ++pos;
  }
  cursor.pos = pos;
  return text.slice(start, end);
}

/** Whether the character here ends a plain scalar although it is neither white space nor a comment. */
function endsPlain(cursor: Cursor, inFlow: boolean): boolean {
  const code = cursor.code();
  if (code === COLON) {
    const next = cursor.code(1);
    if (isGap(next)) { return true; }
    if (!inFlow) { return false; }
    cursor.dialectMatters ||= isFlowIndicator(next);
    if (cursor.dialect === 'python') { return isFlowIndicator(next); }
    if (isFlowIndicator(next) || next === QUESTION) {
      throw cursor.error('a ":" directly before another indicator inside [ ] or { }', 'put a space after the ":", or quote the text');
    }
    return false;
  }
  if (!inFlow) { return false; }
  cursor.dialectMatters ||= code === QUESTION;
  return isFlowIndicator(code) || (code === QUESTION && cursor.dialect === 'python');
}

/** The line breaks between two lines of a plain scalar as folded text; `undefined` when there is none. */
function scanPlainGap(cursor: Cursor, minColumn: number): string | undefined {
  if (!isBreak(cursor.code())) { return undefined; }
  const first = cursor.takeBreak();
  let more = '';
  for (;;) {
    const code = cursor.code();
    if (isBlank(code)) {
      if (code === TAB) {
        cursor.passTab();
        if (cursor.column < minColumn) { throw cursor.tabError(); }
      }
      cursor.pos++;
    } else if (isBreak(code)) {
      if (cursor.dialect === 'python' && cursor.atMarker()) { break; }
      more += cursor.takeBreak();
    } else {
      break;
    }
  }
  return foldBreaks(first, more);
}

/** One line break reads as a space, several as one fewer; line and paragraph separators stay. */
export function foldBreaks(first: string, more: string): string {
  if (first !== '\n') { return first + more; }
  return more || ' ';
}
