import { firstUnprintable } from './characters';
import { compose, ComposeOptions } from './compose';
import { construct, DuplicateKey, MergedPairs, Origins } from './construct';
import { Offsets, readFast } from './fast';
import { YamlNode } from './nodes';
import { YamlSource } from './source';
import { YamlValue } from './values';
import { YamlError } from './yaml-error';

/** A ConfigMap holds one mebibyte: what is longer by far cannot become one, and would only cost memory. */
export const MAX_LENGTH = 4 * 1024 * 1024;

/** How to read a text. */
export interface ReadOptions {
  /** The file it came from, for messages. */
  readonly file?: string;

  /** Whether `%(NODEPOOL_…)` stands for what Nodepool replaces it with; otherwise it is text like any other. */
  readonly placeholders?: boolean;
}

/** A YAML document that was read. */
export interface YamlDocument {
  /** The tree with its places; `undefined` when the text holds no document. */
  readonly node?: YamlNode;

  /** What Nodepool's daemons read; `null` when the text holds no document. */
  readonly data: YamlValue;

  /** The node of every list and map in the data. */
  readonly origins: Origins;

  /** What merge keys bring into maps. */
  readonly merged?: MergedPairs;

  /** Where the parts of lists and maps stand, of a text that was read without making nodes. */
  readonly offsets?: { readonly source: YamlSource; readonly of: Offsets };

  /** Keys that stand twice in a map. */
  readonly duplicates: DuplicateKey[];

  /** What `nodepool config-validate` refuses although the daemons read it: it uses another of PyYAML's loaders. */
  readonly pureOnlyErrors: YamlError[];
}

/** Reads one YAML document as PyYAML's safe loaders do; throws a `YamlError` where they refuse it. */
export function readYaml(text: string, options: ReadOptions = {}): YamlDocument {
  const source = new YamlSource(text, options.file);
  refuseUnreadable(source);
  const placeholders = options.placeholders ?? false;
  const { document, dialectMatters } = readDialect(source, { dialect: 'libyaml', placeholders });
  return dialectMatters ? { ...document, pureOnlyErrors: pythonErrors(source, { dialect: 'python', placeholders }) } : document;
}

/** The error of a text that is too long to look at. */
export function tooLong(length: number, file?: string): YamlError {
  return new YamlSource('', file).error(0, `a text of ${Math.round(length / 1024)} KiB`, 'a ConfigMap holds 1024 KiB at most');
}

function refuseUnreadable(source: YamlSource): void {
  if (source.text.length > MAX_LENGTH) { throw tooLong(source.text.length, source.file); }
  const at = firstUnprintable(source.text);
  if (at === -1) { return; }
  const code = source.text.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0');
  throw source.error(at, `character U+${code} cannot stand in YAML`, 'remove it, or write it as an escape in double quotes');
}

function pythonErrors(source: YamlSource, options: ComposeOptions): YamlError[] {
  const document = attempt(() => readDialect(source, options));
  return document instanceof YamlError ? [document] : [];
}

/** What each of PyYAML's two loaders makes of a text: the daemons use the one on libyaml, the validator the one in Python. */
export interface BothDialects {
  readonly libyaml: YamlDocument | YamlError;
  readonly python: YamlDocument | YamlError;
}

/**
 * Reads a text as both of PyYAML's safe loaders do; the two are the same object where they cannot differ.
 * A text that is plain from the first line to the last is read in a quick way, which is the same for both.
 */
export function readBothDialects(source: YamlSource): BothDialects {
  const unreadable = attempt(() => refuseUnreadable(source));
  if (unreadable) { return { libyaml: unreadable, python: unreadable }; }
  const fast = readFast(source.text);
  if (fast) {
    const document = { data: fast.data, origins: new Map(), offsets: { source, of: fast.offsets }, duplicates: [], pureOnlyErrors: [] };
    return { libyaml: document, python: document };
  }
  let matters = true;
  const libyaml = attempt(() => {
    const { document, dialectMatters } = readDialect(source, { dialect: 'libyaml', placeholders: false });
    matters = dialectMatters;
    return document;
  });
  return { libyaml, python: matters ? attempt(() => readDialect(source, { dialect: 'python', placeholders: false }).document) : libyaml };
}

function readDialect(source: YamlSource, options: ComposeOptions): { document: YamlDocument; dialectMatters: boolean } {
  try {
    return readWith(source, options);
  } catch (error) {
    throw error instanceof YamlError ? explained(error, source) : error;
  }
}

function readWith(source: YamlSource, options: ComposeOptions): { document: YamlDocument; dialectMatters: boolean } {
  const { node, dialectMatters } = compose(source, options);
  const constructed = node ? construct(node) : { data: null, duplicates: [], origins: new Map() };
  return { document: { node, ...constructed, pureOnlyErrors: [] }, dialectMatters };
}

function attempt<T>(run: () => T): T | YamlError {
  try {
    return run();
  } catch (error) {
    if (error instanceof YamlError) { return error; }
    throw error;
  }
}

/** Where Git has written both sides of a conflict. */
const CONFLICT = /^(?:<{7}|>{7}|={7}|\|{7})(?: .*)?$/m;

/** Why a text cannot be read: marks of a conflict explain whatever stands in the way behind them. */
function explained(error: YamlError, source: YamlSource): YamlError {
  const mark = CONFLICT.exec(source.text);
  return mark ? source.error(mark.index, 'a merge conflict that nobody resolved', 'keep what is meant, and remove the lines with "<<<<<<<", "=======" and ">>>>>>>"') : error;
}
