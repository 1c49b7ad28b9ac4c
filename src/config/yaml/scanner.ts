import { BOM, isBreak, isGap, SPACE, TAB } from './characters';
import { Cursor, Dialect } from './cursor';
import { scanBlockScalar } from './scan-block';
import { scanPlain } from './scan-plain';
import { scanAnchor, scanDirective, scanTag } from './scan-properties';
import { scanQuoted } from './scan-quoted';
import { YamlSource } from './source';
import { Token, TokenKind } from './tokens';
import { VARIABLE } from './values';

/** Deeper nesting than this is refused at once. */
export const MAX_DEPTH = 1000;

/** What to do about it. */
export const FLATTER = 'write it flatter';

/** A key and its ":" are on one line, at most this many characters apart. */
const MAX_KEY_LENGTH = 1024;

const PLACEHOLDER_START = new RegExp(VARIABLE, 'y');

/** Something that is a mapping key if a ":" follows it on the same line. */
interface PossibleKey {
  /** Index of the two tokens kept free before it. */
  readonly token: number;
  readonly start: number;
  readonly lineStart: number;
  readonly column: number;
  /** Whether nothing else than a key can stand here. */
  readonly required: boolean;
}

/** What a scan depends on besides the text. */
export interface ScanOptions {
  readonly dialect: Dialect;

  /** Whether `%(NODEPOOL_…)` may begin a plain scalar: Nodepool replaces it before it reads the YAML. */
  readonly placeholders: boolean;
}

/** A text cut into tokens. */
export interface Scan {
  readonly tokens: Token[];

  /** Whether the other dialect may read the text differently; when not, there is no need to ask. */
  readonly dialectMatters: boolean;
}

const NOTHING: Token = { kind: TokenKind.NOTHING, start: 0 };

/**
 * Cuts a text into tokens as YAML 1.1 has it. It never throws: the last token is `END`, or `FAILURE` with the error.
 *
 * Whether a word is a mapping key is only known at the ":" behind it. So two places are kept free before everything
 * that might be one, and filled when the ":" comes.
 */
export function scan(source: YamlSource, options: ScanOptions): Scan {
  const scanner = new Scanner(source, options);
  try {
    scanner.run();
  } catch (failure) {
    scanner.tokens.push({ kind: TokenKind.FAILURE, start: 0, failure: failure as Error });
  }
  return { tokens: scanner.tokens, dialectMatters: scanner.cursor.dialectMatters };
}

class Scanner {
  public readonly tokens: Token[] = [];
  public readonly cursor: Cursor;

  /** Columns of the open block collections, innermost last; `indent` is the innermost one or -1. */
  private readonly indents: number[] = [];
  private indent = -1;

  /** The possible key of each open flow collection, innermost last; the first is that of the block around them. */
  private readonly keys: Array<PossibleKey | undefined> = [undefined];

  /** Whether a mapping key may begin here without "?". */
  private keyAllowed = true;

  constructor(source: YamlSource, private readonly options: ScanOptions) {
    this.cursor = new Cursor(source, options.dialect);
  }

  private get inFlow(): boolean { return this.keys.length > 1; }

  public run(): void {
    while (this.next());
  }

  private next(): boolean {
    const { cursor } = this;
    this.skipToToken();
    this.checkKey();
    this.closeBlocks(cursor.column);
    const code = cursor.code();
    switch (code) {
      case 0: // the end
        this.closeBlocks(-1);
        this.forgetKey();
        this.push(TokenKind.END);
        return false;
      case 0x25: // %
        if (this.atPlaceholder()) { break; }
        if (cursor.column !== 0) { throw this.cannotStart(); }
        this.closeBlocks(-1);
        this.forgetKey();
        this.keyAllowed = false;
        this.tokens.push(scanDirective(cursor));
        return true;
      case 0x5b: return this.openFlow(TokenKind.FLOW_SEQUENCE_START);
      case 0x7b: return this.openFlow(TokenKind.FLOW_MAPPING_START);
      case 0x5d: return this.closeFlow(TokenKind.FLOW_SEQUENCE_END);
      case 0x7d: return this.closeFlow(TokenKind.FLOW_MAPPING_END);
      case 0x2c: // ,
        this.forgetKey();
        this.keyAllowed = true;
        return this.indicator(TokenKind.FLOW_ENTRY);
      case 0x2d: // -
      case 0x2e: // .
        if (cursor.atMarker()) { return this.marker(code === 0x2d ? TokenKind.DOCUMENT_START : TokenKind.DOCUMENT_END); }
        if (code === 0x2d && isGap(cursor.code(1))) { return this.blockEntry(); }
        break;
      case 0x3f: // ?
        if (this.inFlow || isGap(cursor.code(1))) { return this.explicitKey(); }
        break;
      case 0x3a: // :
        if (this.inFlow || isGap(cursor.code(1))) { return this.value(); }
        break;
      case 0x2a: return this.property(() => scanAnchor(cursor, TokenKind.ALIAS));
      case 0x26: return this.property(() => scanAnchor(cursor, TokenKind.ANCHOR));
      case 0x21: return this.property(() => scanTag(cursor, this.inFlow));
      case 0x27: return this.quoted('single');
      case 0x22: return this.quoted('double');
      case 0x7c: // |
      case 0x3e: // >
        if (this.inFlow) { throw this.cannotStart(); }
        return this.block();
      case 0x23: // # was passed as a comment
      case 0x40: // @
      case 0x60: // `
      case TAB:
        throw this.cannotStart();
    }
    return this.plain();
  }

  /** Passes white space, comments and line breaks. */
  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      // libyaml passes a byte order mark at the beginning of every line, as after joining files.
      if (cursor.code() === BOM && cursor.column === 0) {
        cursor.dialectMatters = true;
        if (cursor.dialect === 'libyaml') { cursor.pos++; }
      }
      let code = cursor.code();
      while (code === SPACE || (code === TAB && cursor.dialect === 'libyaml' && (this.inFlow || !this.keyAllowed))) {
        cursor.dialectMatters ||= code === TAB;
        cursor.pos++;
        code = cursor.code();
      }
      if (code === 0x23) {
        cursor.skipLine();
        code = cursor.code();
      }
      if (!isBreak(code)) { return; }
      cursor.takeBreak();
      if (!this.inFlow) { this.keyAllowed = true; }
    }
  }

  private push(kind: TokenKind): void {
    this.tokens.push({ kind, start: this.cursor.pos });
  }

  /** Adds a token of one character. */
  private indicator(kind: TokenKind): true {
    this.push(kind);
    this.cursor.pos++;
    return true;
  }

  private marker(kind: TokenKind): true {
    this.closeBlocks(-1);
    this.forgetKey();
    this.keyAllowed = false;
    this.push(kind);
    this.cursor.pos += 3;
    return true;
  }

  private openFlow(kind: TokenKind): true {
    this.rememberKey();
    this.keys.push(undefined);
    if (this.keys.length > MAX_DEPTH) { throw this.tooDeep(); }
    this.keyAllowed = true;
    return this.indicator(kind);
  }

  private closeFlow(kind: TokenKind): true {
    this.forgetKey();
    if (this.inFlow) { this.keys.pop(); }
    this.keyAllowed = false;
    return this.indicator(kind);
  }

  private blockEntry(): true {
    if (!this.inFlow) {
      if (!this.keyAllowed) {
        throw this.cursor.error('a list item ("- ") does not fit here', 'begin the list on its own line, or quote the text');
      }
      if (this.openBlock(this.cursor.column)) { this.push(TokenKind.BLOCK_SEQUENCE_START); }
    }
    this.forgetKey();
    this.keyAllowed = true;
    return this.indicator(TokenKind.BLOCK_ENTRY);
  }

  private explicitKey(): true {
    if (!this.inFlow) {
      if (!this.keyAllowed) { throw this.cursor.error('a "? " does not fit here', 'begin it on its own line, or quote the text'); }
      if (this.openBlock(this.cursor.column)) { this.push(TokenKind.BLOCK_MAPPING_START); }
    }
    this.cursor.dialectMatters ||= this.inFlow;
    this.forgetKey();
    this.keyAllowed = !this.inFlow;
    return this.indicator(TokenKind.KEY);
  }

  private value(): true {
    const key = this.keys[this.keys.length - 1];
    if (key) {
      this.keys[this.keys.length - 1] = undefined;
      if (!this.inFlow && this.openBlock(key.column)) {
        this.tokens[key.token] = { kind: TokenKind.BLOCK_MAPPING_START, start: key.start };
      }
      this.tokens[key.token + 1] = { kind: TokenKind.KEY, start: key.start };
      this.keyAllowed = false;
    } else {
      if (!this.inFlow) {
        if (!this.keyAllowed) {
          throw this.cursor.error('a second ": " in one value, or a key that does not fit here', 'quote text that has ": " in it, or mend the indentation');
        }
        if (this.openBlock(this.cursor.column)) { this.push(TokenKind.BLOCK_MAPPING_START); }
      }
      this.keyAllowed = !this.inFlow;
    }
    return this.indicator(TokenKind.VALUE);
  }

  private property(read: () => Token): true {
    this.rememberKey();
    this.keyAllowed = false;
    this.tokens.push(read());
    return true;
  }

  private quoted(style: 'single' | 'double'): true {
    this.rememberKey();
    this.keyAllowed = false;
    const start = this.cursor.pos;
    this.tokens.push({ kind: TokenKind.SCALAR, start, value: scanQuoted(this.cursor), style });
    return true;
  }

  private block(): true {
    this.forgetKey();
    this.keyAllowed = true;
    const start = this.cursor.pos;
    const style = this.cursor.code() === 0x7c ? 'literal' : 'folded';
    this.tokens.push({ kind: TokenKind.SCALAR, start, value: scanBlockScalar(this.cursor, this.indent), style });
    return true;
  }

  private plain(): true {
    this.rememberKey();
    const start = this.cursor.pos;
    const { value, endsLine } = scanPlain(this.cursor, this.indent + 1, this.inFlow);
    this.tokens.push({ kind: TokenKind.SCALAR, start, value, style: 'plain' });
    this.keyAllowed = endsLine;
    return true;
  }

  /** Opens a block collection at a column unless one is open there. */
  private openBlock(column: number): boolean {
    if (this.indent >= column) { return false; }
    this.indents.push(this.indent);
    if (this.indents.length > MAX_DEPTH) { throw this.tooDeep(); }
    this.indent = column;
    return true;
  }

  /** Ends the block collections that are indented deeper than a column. */
  private closeBlocks(column: number): void {
    if (this.inFlow) { return; }
    while (this.indent > column) {
      this.push(TokenKind.BLOCK_END);
      this.indent = this.indents.pop()!;
    }
  }

  private rememberKey(): void {
    if (!this.keyAllowed) { return; }
    this.forgetKey();
    const { cursor } = this;
    this.keys[this.keys.length - 1] = {
      token: this.tokens.length,
      start: cursor.pos,
      lineStart: cursor.lineStart,
      column: cursor.column,
      required: !this.inFlow && this.indent === cursor.column,
    };
    this.tokens.push(NOTHING, NOTHING);
  }

  private forgetKey(): void {
    const key = this.keys[this.keys.length - 1];
    if (key?.required) { throw this.missingColon(key); }
    this.keys[this.keys.length - 1] = undefined;
  }

  /** Gives a possible key up once its ":" can no longer come. */
  private checkKey(): void {
    const key = this.keys[this.keys.length - 1];
    if (!key) { return; }
    const { cursor } = this;
    if (key.lineStart === cursor.lineStart && !isLongerThan(cursor.text, key.start, cursor.pos, MAX_KEY_LENGTH)) { return; }
    if (key.required) { throw this.missingColon(key); }
    this.keys[this.keys.length - 1] = undefined;
  }

  private atPlaceholder(): boolean {
    if (!this.options.placeholders) { return false; }
    PLACEHOLDER_START.lastIndex = this.cursor.pos;
    return PLACEHOLDER_START.test(this.cursor.text);
  }

  private missingColon(key: PossibleKey): Error {
    return this.cursor.error(
      'a line at the level of the keys is no "key: value"',
      `put a ": " behind the key, on its line and within ${MAX_KEY_LENGTH} characters, or mend the indentation`,
      key.start,
    );
  }

  private cannotStart(): Error {
    if (this.cursor.code() === TAB) { return this.cursor.tabError(); }
    return this.cursor.error(`a value cannot begin with "${this.cursor.text[this.cursor.pos]}"`, 'put it in quotes');
  }

  private tooDeep(): Error {
    return this.cursor.error(`more than ${MAX_DEPTH} levels of nesting`, FLATTER);
  }
}

/** Whether two offsets are more than so many characters apart; a surrogate pair is one character. */
function isLongerThan(text: string, start: number, end: number, limit: number): boolean {
  if (end - start <= limit) { return false; }
  if (end - start > 2 * limit) { return true; }
  return [...text.slice(start, end)].length > limit;
}
