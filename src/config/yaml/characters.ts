// Character codes that mean something to YAML, and the questions the scanner asks about one code.
// The scanner reads one NUL past the end, so that `END` needs no bounds check: a NUL inside a text is refused before.

export const END = 0;
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const NEL = 0x85;
export const LINE_SEPARATOR = 0x2028;
export const PARAGRAPH_SEPARATOR = 0x2029;
export const BOM = 0xfeff;

/** A line break of YAML 1.1, which knows three more than YAML 1.2. */
export function isBreak(code: number): boolean {
  return code === LF || code === CR || code === NEL || code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR;
}

/** A space or a tab. */
export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** What may follow an indicator such as `-` or `:` for it to be one: white space, a line break or the end. */
export function isGap(code: number): boolean {
  return code === SPACE || code === LF || code === END || code === TAB || isBreak(code);
}

/** What anchors and tag handles are made of. */
export function isWord(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || isDigit(code) || code === 0x5f || code === 0x2d;
}

/** An ASCII digit. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** One of `,[]{}`, which end a plain scalar inside a flow collection. */
export function isFlowIndicator(code: number): boolean {
  return code === 0x2c || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d;
}

/** The first character that PyYAML's reader refuses, or -1. */
export function firstUnprintable(text: string): number {
  return text.search(/[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
}
