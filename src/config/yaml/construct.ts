import { isSecret } from '../secrets';
import { constructBinary, constructBool, constructFloat, constructInt, constructTimestamp } from './construct-scalars';
import { MappingNode, ScalarNode, SequenceNode, TAG, YamlNode } from './nodes';
import { shortened } from './shortened';
import { keyIdentity, YamlEnvText, YamlMap, YamlPairs, YamlScalar, YamlSet, YamlValue } from './values';
import { YamlError, YamlProblem } from './yaml-error';

/** More values than this after following aliases are refused: no `nodepool.yaml` that fits into a ConfigMap has as many. */
const MAX_VALUES = 1_000_000;

/** What a document says. */
export interface Constructed {
  readonly data: YamlValue;

  /** Keys that stand twice in a map, of which Nodepool silently keeps the last. */
  readonly duplicates: DuplicateKey[];

  /** The node of every list and map in the data, to find places by. */
  readonly origins: Origins;
  readonly merged: MergedPairs;
}

/** A key that stands twice in a map. */
export interface DuplicateKey extends YamlProblem {
  readonly map: MappingNode;
  readonly key: YamlScalar;
}

/** The pairs that merge keys (`<<`) bring into maps; of two with one key the last counts. */
export type MergedPairs = ReadonlyMap<MappingNode, ReadonlyArray<readonly [YamlNode, YamlNode]>>;

/** The nodes that lists and maps came from. */
export type Origins = ReadonlyMap<YamlValue, SequenceNode | MappingNode>;

/** Turns a node tree into values, as PyYAML's safe constructor does. */
export function construct(root: YamlNode): Constructed {
  const constructor = new Constructor();
  const data = constructor.value(root);
  const { duplicates, origins, merged } = constructor;
  return { data, duplicates, origins, merged };
}

/** Explains a node that PyYAML refuses. */
function refuse(node: YamlNode, problem: string, remedy?: string): YamlError {
  return new YamlError({ file: node.file, ...node.place, problem, remedy });
}

class Constructor {
  public readonly duplicates: DuplicateKey[] = [];
  public readonly origins = new Map<YamlValue, SequenceNode | MappingNode>();
  public readonly merged = new Map<MappingNode, Array<[YamlNode, YamlNode]>>();

  /** Values of anchored nodes, so that an alias costs nothing; and how many values each stands for. */
  private readonly values = new Map<YamlNode, { value: YamlValue; size: number }>();
  private size = 0;

  /** The value of a node; `key` is the one that it stands behind. */
  public value(node: YamlNode, key?: YamlScalar): YamlValue {
    if (node.kind === 'scalar') {
      this.count(node, 1);
      return scalarOf(node, node.tag, key);
    }
    const known = this.values.get(node);
    if (known) {
      this.count(node, known.size);
      return known.value;
    }
    const before = this.size;
    this.count(node, 1);
    const value = node.kind === 'sequence' ? this.sequence(node) : this.mapping(node);
    this.values.set(node, { value, size: this.size - before });
    this.origins.set(value, node);
    return value;
  }

  private count(node: YamlNode, size: number): void {
    this.size += size;
    if (this.size > MAX_VALUES) {
      throw refuse(node, `a text that stands for more than ${MAX_VALUES} values once its aliases are followed`, 'write a smaller one');
    }
  }

  private sequence(node: SequenceNode): YamlValue {
    switch (node.tag) {
      case TAG.SEQ: return node.value.map(item => this.value(item));
      case TAG.OMAP:
      case TAG.PAIRS:
        return new YamlPairs(node.value.map(item => {
          if (item.kind !== 'mapping' || item.value.length !== 1) {
            throw refuse(item, `an item of "!!${shortTag(node.tag)}" is no map of one key`, 'write "- key: value"');
          }
          const [[key, value]] = item.value;
          return [this.value(key), this.value(value)] as const;
        }));
    }
    throw wrongTag(node, 'a list');
  }

  private mapping(node: MappingNode): YamlValue {
    switch (node.tag) {
      case TAG.MAP: return this.map(node);
      case TAG.SET: return new YamlSet([...this.map(node).keys()]);
      case TAG.STR:
      case TAG.NULL:
      case TAG.BOOL:
      case TAG.INT:
      case TAG.FLOAT:
      case TAG.BINARY:
      case TAG.TIMESTAMP: {
        // A YAML 1.1 rarity: a map with the key "=" stands for the value of that key where a scalar is wanted.
        const [, value] = node.value.find(([key]) => key.tag === TAG.VALUE) ?? [];
        if (value) { return this.defaultValue(value, node.tag); }
      }
    }
    throw wrongTag(node, 'a map');
  }

  private defaultValue(node: YamlNode, tag: string): YamlScalar {
    if (node.kind === 'scalar') { return scalarOf(node, tag); }
    const [, value] = node.kind === 'mapping' ? node.value.find(([key]) => key.tag === TAG.VALUE) ?? [] : [];
    if (!value) { throw wrongTag(node, node.kind === 'mapping' ? 'a map' : 'a list'); }
    return this.defaultValue(value, tag);
  }

  private map(node: MappingNode): YamlMap {
    const builder = new MapBuilder();
    const set = ([keyNode, valueNode]: readonly [YamlNode, YamlNode]): boolean => {
      const key = this.key(keyNode);
      return builder.set(key, this.value(valueNode, key));
    };
    this.mergedPairs(node).forEach(set);
    let repeats = false;
    for (const pair of node.value) { repeats = (pair[0].tag !== TAG.MERGE && set(pair)) || repeats; }
    if (repeats) { this.findDuplicates(node); }
    return builder.map;
  }

  private key(node: YamlNode): YamlScalar {
    if (node.kind !== 'scalar') {
      const what = node.kind === 'sequence' ? 'a list' : 'a map';
      throw refuse(node, `${what} as the key of a map`, 'quote the key if it is text, "{{ … }}" of a template for example');
    }
    this.count(node, 1);
    return keyOf(node);
  }

  /** The pairs that merge keys (`<<`) bring into a map, in PyYAML's order. */
  private mergedPairs(node: MappingNode): Array<[YamlNode, YamlNode]> {
    const known = this.merged.get(node);
    if (known) { return known; }
    const pairs: Array<[YamlNode, YamlNode]> = [];
    for (const [key, value] of node.value) {
      if (key.tag !== TAG.MERGE) { continue; }
      // In their order, so that a chain of them goes no deeper than one at a time; of several maps the first wins, so it comes last.
      const sources = (value.kind === 'sequence' ? value.value : [value]).map(source => this.pairsToMerge(source));
      for (const more of sources.reverse()) {
        this.count(node, more.length);
        for (const pair of more) { pairs.push(pair); }
      }
    }
    if (node.value.some(([key]) => key.tag === TAG.MERGE)) { this.merged.set(node, pairs); }
    return pairs;
  }

  private pairsToMerge(source: YamlNode): Array<[YamlNode, YamlNode]> {
    if (source.kind !== 'mapping') { throw refuse(source, '"<<" takes a map or a list of maps', 'write an alias of a map: "<<: *name"'); }
    return [...this.mergedPairs(source), ...source.value.filter(([name]) => name.tag !== TAG.MERGE)];
  }

  /** Reports keys that a map itself repeats; that one overrides a merged key is in order. */
  private findDuplicates(node: MappingNode): void {
    const places = new MapBuilder();
    const first = new Map<YamlValue, YamlNode>();
    for (const [key] of node.value) {
      if (key.kind !== 'scalar' || key.tag === TAG.MERGE) { continue; }
      const name = places.canonical(keyOf(key));
      const before = first.get(name);
      if (!before) {
        first.set(name, key);
        continue;
      }
      this.duplicates.push({
        map: node,
        key: name,
        file: key.file,
        ...key.place,
        problem: `key "${shortened(key.value)}" stands twice in one map, on line ${before.line} and on line ${key.line}; Nodepool keeps the last`,
        remedy: 'remove one of them',
      });
    }
  }
}

/** Builds a map whose keys are equal when Python finds them equal. */
class MapBuilder {
  public readonly map: YamlMap = new Map();
  private readonly keys = new Map<unknown, YamlScalar>();

  /** Sets a key; true when it was there before. As in Python its first spelling stays and its last value wins. */
  public set(key: YamlScalar, value: YamlValue): boolean {
    const name = this.canonical(key);
    const before = this.map.size;
    this.map.set(name, value);
    return this.map.size === before;
  }

  /** The first of all keys that equal this one. */
  public canonical(key: YamlScalar): YamlScalar {
    if (typeof key === 'string') { return key; }
    const identity = keyIdentity(key);
    const first = this.keys.get(identity);
    if (first !== undefined) { return first; }
    this.keys.set(identity, key);
    return key;
  }
}

/** A key; a plain "=" is an ordinary text there. */
export function keyOf(node: ScalarNode): YamlScalar {
  return node.tag === TAG.VALUE ? node.value : scalarOf(node, node.tag);
}

function scalarOf(node: ScalarNode, tag: string, key?: YamlScalar): YamlScalar {
  const text = node.value;
  switch (tag) {
    case TAG.STR: return text;
    case TAG.ENVIRONMENT: return new YamlEnvText(text, node.style);
    case TAG.NULL: return null;
    case TAG.BOOL: return checked(node, constructBool(text), 'true or false', key);
    case TAG.INT: return checked(node, constructInt(text), 'an integer', key);
    case TAG.FLOAT: return checked(node, constructFloat(text), 'a number', key);
    case TAG.TIMESTAMP: return checked(node, constructTimestamp(text), 'a date that exists', key);
    case TAG.BINARY: return checked(node, constructBinary(text), 'base64', key);
    case TAG.VALUE: throw refuse(node, 'an unquoted "="', 'quote it: "="');
    case TAG.MERGE: throw refuse(node, 'an unquoted "<<" that is no merge key', 'quote it: "<<"');
  }
  throw wrongTag(node, 'a text');
}

function checked<T>(node: ScalarNode, value: T | undefined, wanted: string, key: YamlScalar | undefined): T {
  if (value === undefined) {
    throw refuse(node, `${isSecret(key) ? 'this' : `"${shortened(node.value)}"`} is not ${wanted}`, node.style === 'plain' ? 'quote it if it is text' : 'mend it, or leave the tag out');
  }
  return value;
}

function shortTag(tag: string): string {
  return tag.replace(/^tag:yaml\.org,2002:/, '');
}

function wrongTag(node: YamlNode, what: string): YamlError {
  const standard = node.tag.startsWith('tag:yaml.org,2002:');
  const name = standard ? `!!${shortTag(node.tag)}` : node.tag;
  const known = Object.values(TAG).includes(node.tag as typeof TAG.STR) && node.tag !== TAG.MERGE && node.tag !== TAG.VALUE;
  if (known) { return refuse(node, `tag "${name}" does not fit ${what}`, 'leave the tag out'); }
  return refuse(node, `tag "${name}" is not known to Nodepool`, 'leave the tag out, or quote text that begins with "!"');
}
