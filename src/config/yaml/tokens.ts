/** What a piece of a YAML text is, after scanning. */
export enum TokenKind {
  /** A place kept free before something that may turn out to be a mapping key. */
  NOTHING,
  END,
  DIRECTIVE,
  DOCUMENT_START,
  DOCUMENT_END,
  BLOCK_SEQUENCE_START,
  BLOCK_MAPPING_START,
  BLOCK_END,
  FLOW_SEQUENCE_START,
  FLOW_SEQUENCE_END,
  FLOW_MAPPING_START,
  FLOW_MAPPING_END,
  BLOCK_ENTRY,
  FLOW_ENTRY,
  KEY,
  VALUE,
  ALIAS,
  ANCHOR,
  TAG,
  SCALAR,
  /** Scanning stopped here: what comes before may hold an earlier mistake, which is then the better one to report. */
  FAILURE,
}

/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** A piece of a YAML text. */
export interface Token {
  readonly kind: TokenKind;

  /** Offset of its first character. */
  readonly start: number;

  /** Text of a scalar, name of an anchor or alias, suffix of a tag, argument of a directive. */
  readonly value?: string;

  /** Style of a scalar. */
  readonly style?: ScalarStyle;

  /** Handle of a tag (`!!`), name of a directive (`YAML`). */
  readonly handle?: string;

  /** Why scanning stopped. */
  readonly failure?: Error;
}
