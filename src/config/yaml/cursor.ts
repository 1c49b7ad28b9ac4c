import { BOM, CR, END, isBlank, isBreak, isGap, LF, LINE_SEPARATOR, PARAGRAPH_SEPARATOR, SPACE } from './characters';
import { YamlSource } from './source';
import { YamlError } from './yaml-error';

const DASH = 0x2d;
const DOT = 0x2e;

/**
 * Which of PyYAML's two scanners is asked: the daemons load with libyaml, `nodepool config-validate` with the one
 * written in Python, and they disagree about tabs and a few rarities.
 */
export type Dialect = 'libyaml' | 'python';

/** A reading position in a text. */
export class Cursor {
  public pos = 0;

  /** Where the current line begins. */
  public lineStart = 0;

  /** Whether something was passed that the two dialects may read differently. */
  public dialectMatters = false;

  /** The text and one NUL. */
  public readonly text: string;

  constructor(public readonly source: YamlSource, public readonly dialect: Dialect) {
    this.text = `${source.text}\0`;
    // A byte order mark is no part of the first line.
    if (this.code() === BOM) { this.pos = this.lineStart = 1; }
  }

  public get column(): number { return this.pos - this.lineStart; }

  public code(ahead = 0): number { return this.text.charCodeAt(this.pos + ahead); }

  public get atEnd(): boolean { return this.code() === END; }

  /** Passes spaces, not tabs. */
  public skipSpaces(): void {
    while (this.code() === SPACE) { this.pos++; }
  }

  /** Passes spaces and tabs; in the Python dialect a tab is an error outside quotes and comments. */
  public skipBlanks(): void {
    while (isBlank(this.code())) {
      if (this.code() !== SPACE) { this.passTab(); }
      this.pos++;
    }
  }

  /** Passes the rest of the line, up to its line break. */
  public skipLine(): void {
    while (!isBreak(this.code()) && !this.atEnd) { this.pos++; }
  }

  /** Passes one line break and returns what it stands for: the ASCII ones and NEL are all one line feed. */
  public takeBreak(): string {
    const code = this.code();
    if (!isBreak(code)) { return ''; }
    this.pos += code === CR && this.code(1) === LF ? 2 : 1;
    this.lineStart = this.pos;
    return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR ? String.fromCharCode(code) : '\n';
  }

  /** Whether a document marker (`---` or `...`) begins here. */
  public atMarker(): boolean {
    if (this.pos !== this.lineStart) { return false; }
    const code = this.code();
    return (code === DASH || code === DOT) && this.code(1) === code && this.code(2) === code && isGap(this.code(3));
  }

  /** Notes a tab outside quotes and comments, which the Python dialect refuses. */
  public passTab(): void {
    this.dialectMatters = true;
    if (this.dialect === 'python') { throw this.tabError(); }
  }

  public error(problem: string, remedy?: string, at = this.pos): YamlError {
    return this.source.error(at, problem, remedy);
  }

  public tabError(): YamlError {
    return this.error('a tab stands where only spaces may', 'write spaces instead of the tab');
  }
}
