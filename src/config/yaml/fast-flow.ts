import { plainScalar, quotedText } from './fast-scalars';
import { YamlMap, YamlScalar, YamlValue } from './values';

/** A plain scalar between brackets; what may stand in one and mean something else besides is not in it. */
const PLAIN = /(?:[A-Za-z0-9_./~+(]|-[A-Za-z0-9_.])[A-Za-z0-9_./()+@=%~-]*(?: +[A-Za-z0-9_./()+@=%~-]+)*/y;
const QUOTED = /'(?:[^']|'')*'|"[^"\\]*"/y;
const KEY = /([A-Za-z_][A-Za-z0-9_.-]*): +/y;
const SEPARATOR = / *, */y;
const BLANKS = / */y;
const END = / *(?: #.*)?$/y;
const MAX_DEPTH = 20;

/** Where the parts of each list and map stand. */
type AllOffsets = Map<YamlValue, readonly number[]>;

/** Reads a list or map in brackets that begins and ends on one line, and adds to the offsets; `undefined` for one that takes the complete reader. */
export function readFlow(text: string, start: number, isKey: (key: string) => boolean, offsets: AllOffsets): YamlValue | undefined {
  const reader = new FlowReader(text, isKey, offsets);
  const value = reader.value(start, 0);
  return value !== undefined && reader.take(END) !== undefined ? value : undefined;
}

class FlowReader {
  private pos = 0;

  constructor(private readonly text: string, private readonly isKey: (key: string) => boolean, private readonly offsets: AllOffsets) {}

  /** What an expression finds at the position, which moves behind it. */
  public take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.pos;
    const found = expression.exec(this.text);
    if (!found) { return undefined; }
    this.pos = expression.lastIndex;
    return found;
  }

  public value(start: number, depth: number): YamlValue | undefined {
    this.pos = start;
    switch (this.text[start]) {
      case '[': return this.parts([], ']', depth);
      case '{': return this.parts(new Map(), '}', depth);
      default: return this.scalar();
    }
  }

  private scalar(): YamlScalar | undefined {
    const quoted = this.take(QUOTED);
    if (quoted) { return quotedText(quoted[0]); }
    const plain = this.take(PLAIN);
    return plain && plainScalar(plain[0]);
  }

  private parts(container: YamlValue[] | YamlMap, close: string, depth: number): YamlValue | undefined {
    if (depth === MAX_DEPTH) { return undefined; }
    const offsets: number[] = [];
    this.pos++;
    this.take(BLANKS);
    while (this.text[this.pos] !== close) {
      let key: string | undefined;
      if (!Array.isArray(container)) {
        offsets.push(this.pos);
        key = this.take(KEY)?.[1];
        if (key === undefined || !this.isKey(key) || container.has(key)) { return undefined; }
      }
      offsets.push(this.pos);
      const value = this.value(this.pos, depth + 1);
      if (value === undefined) { return undefined; }
      if (Array.isArray(container)) { container.push(value); } else { container.set(key!, value); }
      if (this.take(SEPARATOR)) {
        if (this.text[this.pos] === close) { return undefined; }
      } else {
        this.take(BLANKS);
        if (this.text[this.pos] !== close) { return undefined; }
      }
    }
    this.pos++;
    this.offsets.set(container, offsets);
    return container;
  }
}
