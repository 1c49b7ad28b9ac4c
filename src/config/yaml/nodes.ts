import { Place, YamlSource } from './source';
import { ScalarStyle } from './tokens';

/** The tags that PyYAML's safe loaders know, by their short names. */
export const TAG = {
  NULL: 'tag:yaml.org,2002:null',
  BOOL: 'tag:yaml.org,2002:bool',
  INT: 'tag:yaml.org,2002:int',
  FLOAT: 'tag:yaml.org,2002:float',
  BINARY: 'tag:yaml.org,2002:binary',
  TIMESTAMP: 'tag:yaml.org,2002:timestamp',
  OMAP: 'tag:yaml.org,2002:omap',
  PAIRS: 'tag:yaml.org,2002:pairs',
  SET: 'tag:yaml.org,2002:set',
  STR: 'tag:yaml.org,2002:str',
  SEQ: 'tag:yaml.org,2002:seq',
  MAP: 'tag:yaml.org,2002:map',
  /** A plain `<<`. */
  MERGE: 'tag:yaml.org,2002:merge',
  /** A plain `=`. */
  VALUE: 'tag:yaml.org,2002:value',
  /** A plain scalar with a `%(NODEPOOL_…)` in it: only the pod knows its type. Never written. */
  ENVIRONMENT: 'environment',
} as const;

abstract class Node {
  constructor(public readonly tag: string, private readonly source: YamlSource, public readonly start: number) {}

  /** Line, counted from 1. */
  public get line(): number { return this.place.line; }

  /** Column, counted from 1. */
  public get column(): number { return this.place.column; }

  /** Line and column together. */
  public get place(): Place { return this.source.place(this.start); }

  /** The file, when the text came from one. */
  public get file(): string | undefined { return this.source.file; }
}

/** A text, number, date … in a YAML document. */
export class ScalarNode extends Node {
  public readonly kind = 'scalar';

  constructor(tag: string, source: YamlSource, start: number, public readonly value: string, public readonly style: ScalarStyle) {
    super(tag, source, start);
  }
}

/** A list in a YAML document. */
export class SequenceNode extends Node {
  public readonly kind = 'sequence';
  public readonly value: YamlNode[] = [];
}

/** A map in a YAML document; its pairs as they are written, before merge keys are followed. */
export class MappingNode extends Node {
  public readonly kind = 'mapping';
  public readonly value: Array<[YamlNode, YamlNode]> = [];
}

/** A node of a YAML document; an alias is the very node it names. */
export type YamlNode = ScalarNode | SequenceNode | MappingNode;
