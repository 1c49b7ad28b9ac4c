import {
  YamlBinary, YamlEnvText, YamlFloat, YamlMap, YamlPairs, YamlSet, YamlTimestamp, YamlValue,
} from './values';
import { INDENT, writeEnvText, writeFloat, writeString } from './write-scalar';

/** The longest key that readers find without a "?" before it is 1024 characters; some are left for quotes. */
const MAX_SIMPLE_KEY = 1000;

/**
 * Writes a value as YAML that PyYAML's loaders read as the same value: block style, in the given order, the same text
 * for the same value, never an anchor.
 */
export function writeYaml(data: YamlValue): string {
  const text = new Writer().node(data, -1);
  return `${text.replace(/^ /, '')}\n`;
}

/** Writes nodes; every method returns what follows an indicator, so it begins with a space or a line break. */
class Writer {
  /** Writes a value inside a collection at a column; a collection goes to the lines below. */
  public node(value: YamlValue, column: number): string {
    if (Array.isArray(value)) { return value.length ? this.below(this.sequence(value, this.inner(column)), column) : ' []'; }
    if (value instanceof Map) { return value.size ? this.below(this.map(value, this.inner(column)), column) : ' {}'; }
    if (value instanceof YamlSet) {
      if (value.items.length === 0) { return ' !!set {}'; }
      return ` !!set\n${this.map(new Map(value.items.map(item => [item, null])), this.inner(column))}`;
    }
    if (value instanceof YamlPairs) {
      if (value.pairs.length === 0) { return ' !!pairs []'; }
      return ` !!pairs\n${this.pairs(value, this.inner(column))}`;
    }
    return ` ${this.scalar(value, column)}`;
  }

  private inner(column: number): number { return column < 0 ? 0 : column + INDENT; }

  private below(lines: string, column: number): string { return column < 0 ? lines : `\n${lines}`; }

  private sequence(items: readonly YamlValue[], column: number): string {
    return items.map(item => this.item(item, column)).join('\n');
  }

  /** A list item; a map or a list in it begins on the line of its dash. */
  private item(item: YamlValue, column: number): string {
    const inner = column + INDENT;
    const compact = Array.isArray(item) && item.length ? this.sequence(item, inner)
      : item instanceof Map && item.size ? this.map(item, inner) : undefined;
    return `${' '.repeat(column)}-${compact === undefined ? this.node(item, column) : ` ${compact.slice(inner)}`}`;
  }

  private pairs(value: YamlPairs, column: number): string {
    return value.pairs.map(([key, item]) => {
      const inner = column + INDENT;
      return `${' '.repeat(column)}- ${this.entry(key, item, inner).slice(inner)}`;
    }).join('\n');
  }

  private map(map: YamlMap, column: number): string {
    const lines: string[] = [];
    for (const [key, value] of map) { lines.push(this.entry(key, value, column)); }
    return lines.join('\n');
  }

  private entry(key: YamlValue, value: YamlValue, column: number): string {
    const margin = ' '.repeat(column);
    const simple = isCollection(key) ? undefined : this.scalar(key, column, true);
    if (simple !== undefined && simple.length <= MAX_SIMPLE_KEY && !simple.includes('\n')) {
      return `${margin}${simple}:${this.node(value, column)}`;
    }
    return `${margin}?${simple === undefined ? this.node(key, column) : ` ${simple}`}\n${margin}:${this.node(value, column)}`;
  }

  private scalar(value: Exclude<YamlValue, YamlValue[] | YamlMap | YamlSet | YamlPairs>, column: number, oneLine = false): string {
    if (typeof value === 'string') { return writeString(value, column, oneLine); }
    if (value instanceof YamlEnvText) { return writeEnvText(value, column, oneLine); }
    if (value instanceof YamlFloat) { return writeFloat(value); }
    if (value instanceof YamlTimestamp) { return value.toString(); }
    if (value instanceof YamlBinary) { return `!!binary "${value.base64}"`; }
    return String(value);
  }
}

function isCollection(value: YamlValue): value is YamlValue[] | YamlMap | YamlSet | YamlPairs {
  return Array.isArray(value) || value instanceof Map || value instanceof YamlSet || value instanceof YamlPairs;
}
