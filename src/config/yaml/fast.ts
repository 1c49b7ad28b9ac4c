import { readFlow } from './fast-flow';
import { plainScalar, quotedText } from './fast-scalars';
import { YamlMap, YamlScalar, YamlValue } from './values';

// Reads plain YAML in one pass, without tokens and nodes, in a small part of the time: block maps and lists with simple
// scalars, literal texts (`|`), and lists and maps in brackets that end on their line, which is what most configurations
// are from the first line to the last. At the first thing that is not surely read alike by everybody it gives up, and the
// whole text is read by the complete reader.

/** Where the parts of a map or list stand: offsets of key and value for each, in their order. A list has no keys. */
export type Offsets = ReadonlyMap<YamlValue, readonly number[]>;

/** What a plain text says. */
export interface FastDocument {
  readonly data: YamlMap;
  readonly offsets: Offsets;
}

/** Characters that mean the same to every reader; no tabs, no other line breaks than LF. */
const OTHER_CHARACTERS = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

/** A line: indentation, dashes, key, blanks, and the rest. */
const LINE = /( *)(?:(- +))?(?:([A-Za-z_][A-Za-z0-9_.-]*):(?=[ \n]|$)( *))?([^\n]*)\n?/y;

/** Keys that are no texts. */
const WORDS = /^(?:yes|no|on|off|true|false|null|Yes|No|On|Off|True|False|Null|YES|NO|ON|OFF|TRUE|FALSE|NULL)$/;

/** How plain scalars begin that cannot be anything else. */
const PLAIN_START = /^(?:[A-Za-z0-9_./~+(]|-[A-Za-z0-9_.])/;
const QUOTED = /^('(?:[^']|'')*'|"[^"\\]*") *(?: #.*)?$/;

/** Begins a literal text: every line break in it is kept, at its end one (`|`), none (`|-`) or all (`|+`). */
const LITERAL = /^\|([-+]?) *$/;

/** A line of it: indentation and text. */
const LITERAL_LINE = /( *)([^\n]*)\n/y;
const MAX_DEPTH = 100;
const MAX_KEY = 100;

interface Frame {
  /** The column of its keys or dashes. */
  readonly indent: number;
  readonly map?: YamlMap;
  readonly list?: YamlValue[];
  readonly offsets: number[];

  /** A key whose value, if it has one, follows on the next lines. */
  key?: string;
}

/** Reads a plain text; `undefined` for one that takes the complete reader. */
export function readFast(text: string): FastDocument | undefined {
  return OTHER_CHARACTERS.test(text) ? undefined : new FastReader(text).read();
}

class FastReader {
  private readonly offsets = new Map<YamlValue, readonly number[]>();
  private readonly stack: Frame[] = [];

  /** Lines that begin deeper than this would go on with a scalar. */
  private scalarIndent = -1;

  constructor(private readonly text: string) {}

  public read(): FastDocument | undefined {
    const { text } = this;
    let begun = false;
    for (LINE.lastIndex = 0; LINE.lastIndex < text.length;) {
      const start = LINE.lastIndex;
      const [, spaces, dash = '', key, blanks = '', rest] = LINE.exec(text)!;
      if (key === undefined && !dash && (rest === '' || rest.startsWith('#'))) { continue; }
      if (!begun && rest === '---' && !spaces && !dash && key === undefined) {
        begun = true;
        continue;
      }
      begun = true;
      if (!this.line(start, spaces.length, dash.length, key, blanks.length, rest)) { return undefined; }
    }
    const root = this.stack[0]?.map;
    while (this.stack.length) { this.close(); }
    return root && { data: root, offsets: this.offsets };
  }

  private line(start: number, indent: number, dash: number, key: string | undefined, blanks: number, rest: string): boolean {
    if (this.scalarIndent >= 0 && indent > this.scalarIndent) { return false; }
    const { stack } = this;
    let offset = start + indent;
    while (stack.length && stack[stack.length - 1].indent > indent) { this.close(); }
    if (!this.opens(indent, dash > 0, offset)) { return false; }
    let top = stack[stack.length - 1];
    if (dash) {
      top.offsets.push(offset + dash);
      if (key === undefined) { return this.scalar(top, rest, offset + dash); }
      offset += dash;
      top = this.push(indent + dash, false);
      (stack[stack.length - 2].list!).push(top.map!);
    }
    if (key === undefined || !isKey(key) || top.map!.has(key)) { return false; }
    top.offsets.push(offset);
    const colon = offset + key.length;
    top.key = key;
    if (rest === '' || (rest.startsWith('#') && blanks > 0)) {
      // Null, until something follows.
      top.offsets.push(colon + 1);
      top.map!.set(key, null);
      this.scalarIndent = -1;
      return true;
    }
    top.offsets.push(colon + 1 + blanks);
    return this.scalar(top, rest, colon + 1 + blanks);
  }

  /** Makes the frame on top the one that a line belongs to. */
  private opens(indent: number, dashed: boolean, offset: number): boolean {
    const { stack } = this;
    const top = stack[stack.length - 1];
    if (!top) {
      if (indent || dashed) { return false; }
      this.push(0, false);
      return true;
    }
    const waiting = top.map && top.key !== undefined && (indent > top.indent || dashed);
    if (waiting) {
      if (stack.length > MAX_DEPTH) { return false; }
      const key = top.key!;
      top.key = undefined;
      top.offsets[top.offsets.length - 1] = offset;
      const frame = this.push(indent, dashed);
      top.map!.set(key, frame.map ?? frame.list!);
      return true;
    }
    if (indent !== top.indent) { return false; }
    if (dashed) { return top.list !== undefined; }
    if (top.list) {
      // The list of a key may stand at the column of the key.
      this.close();
      return stack[stack.length - 1]?.indent === indent && stack[stack.length - 1].map !== undefined;
    }
    return true;
  }

  private push(indent: number, isList: boolean): Frame {
    const offsets: number[] = [];
    const frame: Frame = isList ? { indent, list: [], offsets } : { indent, map: new Map(), offsets };
    this.offsets.set(frame.map ?? frame.list!, offsets);
    this.stack.push(frame);
    return frame;
  }

  private close(): void { this.stack.pop(); }

  /** Reads a value that begins behind a key or dash, at an offset. */
  private scalar(into: Frame, rest: string, offset: number): boolean {
    const value = this.valueOf(into, rest, offset);
    if (value === undefined) { return false; }
    if (into.list) { into.list.push(value); } else { into.map!.set(into.key!, value); }
    into.key = undefined;
    this.scalarIndent = into.indent;
    return true;
  }

  private valueOf(into: Frame, rest: string, offset: number): YamlValue | undefined {
    switch (rest[0]) {
      case '[':
      case '{': return readFlow(this.text.slice(0, offset + rest.length), offset, isKey, this.offsets);
      case '|': return this.literal(into, rest);
      default: return scalarOf(rest);
    }
  }

  /** Reads the lines of a literal text, which begin deeper than the map or list it is in. */
  private literal(into: Frame, header: string): string | undefined {
    const chomping = LITERAL.exec(header)?.[1];
    if (chomping === undefined) { return undefined; }
    LITERAL_LINE.lastIndex = LINE.lastIndex;
    let indent = 0;
    let text = '';
    let blankLines = '';
    for (let found = LITERAL_LINE.exec(this.text); found; found = LITERAL_LINE.exec(this.text)) {
      const [line, spaces, content] = found;
      if (content === '') {
        // Blanks that are text, or that would decide where the text begins, are for the complete reader.
        if (!indent || spaces.length > indent) { return undefined; }
        blankLines += '\n';
      } else if (spaces.length <= into.indent) {
        LITERAL_LINE.lastIndex -= line.length;
        break;
      } else {
        indent ||= spaces.length;
        if (spaces.length < indent) { return undefined; }
        text += `${blankLines}${line.slice(indent)}`;
        blankLines = '';
      }
      LINE.lastIndex = LITERAL_LINE.lastIndex;
    }
    // Nothing in it, or a last line without an end.
    if (!indent || (LINE.lastIndex < this.text.length && LITERAL_LINE.lastIndex === 0)) { return undefined; }
    switch (chomping) {
      case '-': return text.slice(0, -1);
      case '+': return text + blankLines;
      default: return text;
    }
  }
}

function isKey(text: string): boolean {
  return text.length <= MAX_KEY && !WORDS.test(text);
}

function scalarOf(rest: string): YamlScalar | undefined {
  const first = rest.charCodeAt(0);
  if (first === 0x22 || first === 0x27) {
    const quoted = QUOTED.exec(rest);
    return quoted ? quotedText(quoted[1]) : undefined;
  }
  if (!PLAIN_START.test(rest)) { return undefined; }
  const comment = rest.indexOf(' #');
  const text = withoutBlanks(comment < 0 ? rest : rest.slice(0, comment));
  if (text.includes(': ') || text.endsWith(':')) { return undefined; }
  return plainScalar(text);
}

function withoutBlanks(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x20) { end--; }
  return end === text.length ? text : text.slice(0, end);
}
