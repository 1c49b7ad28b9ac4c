import { Dialect } from './cursor';
import { MappingNode, ScalarNode, SequenceNode, TAG, YamlNode } from './nodes';
import { resolvePlain } from './resolve';
import { FLATTER, MAX_DEPTH, scan } from './scanner';
import { YamlSource } from './source';
import { Token, TokenKind } from './tokens';
import { VARIABLE } from './values';

/** What a text is read with. */
export interface ComposeOptions {
  readonly dialect: Dialect;
  readonly placeholders: boolean;
}

/** The tag handles every document has. */
const HANDLES: Record<string, string> = { '!': '!', '!!': 'tag:yaml.org,2002:' };

/**
 * How many levels `nodepool config-validate` reads before Python's limit of 1000 calls stops it: each level takes two.
 * The daemons, on libyaml, read on.
 */
const MAX_PYTHON_DEPTH = 489;

const PLACEHOLDER = new RegExp(VARIABLE);

/** A document as a tree of nodes. */
export interface Composed {
  /** The root; `undefined` when the text holds no document. */
  readonly node?: YamlNode;

  /** Whether the other dialect may read the text differently. */
  readonly dialectMatters: boolean;
}

/** Reads a text as one YAML document. */
export function compose(source: YamlSource, options: ComposeOptions): Composed {
  const { tokens, dialectMatters } = scan(source, options);
  const composer = new Composer(source, tokens, options);
  const node = composer.document();
  return { node, dialectMatters: dialectMatters || composer.deepest > MAX_PYTHON_DEPTH };
}

/** Properties that stand before a node. */
interface Properties {
  readonly start?: number;
  readonly anchor?: Token;
  readonly tag?: string;
}

class Composer {
  /** How many levels there are. */
  public deepest = 0;
  private index = 0;
  private depth = 0;
  private readonly handles = new Map(Object.entries(HANDLES));
  private readonly anchors = new Map<string, YamlNode>();

  /** Nodes whose content is still being read: an alias to one of them would never end. */
  private readonly open = new Set<YamlNode>();

  constructor(private readonly source: YamlSource, private readonly tokens: Token[], private readonly options: ComposeOptions) {}

  public document(): YamlNode | undefined {
    let token = this.peek();
    if (token.kind === TokenKind.END) { return undefined; }
    const directives = token.kind === TokenKind.DIRECTIVE;
    if (directives) { this.directives(); }
    token = this.peek();
    let node: YamlNode;
    if (token.kind === TokenKind.DOCUMENT_START) {
      this.index++;
      const next = this.peek();
      node = this.isDocumentBoundary(next.kind) ? this.emptyScalar(next.start) : this.node(true, false);
    } else if (directives) {
      throw this.source.error(token.start, 'a directive ("%…") without a document behind it', 'put "---" behind the directive, or quote the text');
    } else {
      node = this.node(true, false);
    }
    while (this.peek().kind === TokenKind.DOCUMENT_END) { this.index++; }
    token = this.peek();
    if (token.kind !== TokenKind.END) { throw this.trailing(token); }
    return node;
  }

  private peek(): Token {
    while (this.tokens[this.index].kind === TokenKind.NOTHING) { this.index++; }
    const token = this.tokens[this.index];
    if (token.kind === TokenKind.FAILURE) { throw token.failure!; }
    return token;
  }

  private isDocumentBoundary(kind: TokenKind): boolean {
    return kind === TokenKind.DIRECTIVE || kind === TokenKind.DOCUMENT_START || kind === TokenKind.DOCUMENT_END || kind === TokenKind.END;
  }

  private directives(): void {
    const seen = new Set<string>();
    for (let token = this.peek(); token.kind === TokenKind.DIRECTIVE; token = this.peek()) {
      const [name, value] = [token.handle!, token.value!];
      const subject = name === 'TAG' ? value.split(/[ \t]/)[0] : name;
      if (seen.has(subject)) { throw this.source.error(token.start, `"%${name}" stands twice`, 'leave one of them out'); }
      seen.add(subject);
      if (name === 'YAML') {
        const known = this.options.dialect === 'libyaml' ? /^0*1\.0*[12]$/ : /^0*1\./;
        if (!known.test(value)) { throw this.source.error(token.start, `YAML version ${value} is not known`, 'leave the "%YAML" line out'); }
      } else if (name === 'TAG') {
        const [handle, prefix] = value.split(/[ \t]+/);
        this.handles.set(handle, decode(prefix));
      }
      this.index++;
    }
  }

  /** Reads a node; `indentless` when a list may stand at the very indentation of the map around it. */
  private node(block: boolean, indentless: boolean): YamlNode {
    const token = this.peek();
    if (token.kind === TokenKind.ALIAS) {
      this.index++;
      return this.alias(token);
    }
    this.descend(token);
    const node = this.content(this.properties(), block, indentless);
    this.depth--;
    return node;
  }

  private descend(token: Token): void {
    const limit = this.options.dialect === 'python' ? MAX_PYTHON_DEPTH : MAX_DEPTH;
    if (++this.depth > limit) { throw this.source.error(token.start, `more than ${limit} levels of nesting`, FLATTER); }
    if (this.depth > this.deepest) { this.deepest = this.depth; }
  }

  private alias(token: Token): YamlNode {
    const node = this.anchors.get(token.value!);
    if (!node) { throw this.source.error(token.start, `alias "*${token.value}" has no anchor "&${token.value}" before it`, 'define it before, or quote the text'); }
    if (this.open.has(node)) { throw this.source.error(token.start, `alias "*${token.value}" stands inside its own anchor`, 'a value cannot contain itself'); }
    return node;
  }

  private properties(): Properties {
    let start: number | undefined;
    let anchor: Token | undefined;
    let tag: string | undefined;
    for (let token = this.peek(); ; token = this.peek()) {
      if (token.kind === TokenKind.ANCHOR && !anchor) {
        anchor = token;
      } else if (token.kind === TokenKind.TAG && tag === undefined) {
        tag = this.tagOf(token);
      } else {
        return { start, anchor, tag };
      }
      start ??= token.start;
      this.index++;
    }
  }

  private tagOf(token: Token): string {
    if (token.handle === undefined) { return token.value!; }
    const prefix = this.handles.get(token.handle);
    if (prefix === undefined) { throw this.source.error(token.start, `tag handle "${token.handle}" is not defined`, 'quote the text if it is no tag'); }
    return prefix + token.value;
  }

  private content(properties: Properties, block: boolean, indentless: boolean): YamlNode {
    const token = this.peek();
    // A mistake in a tag is shown at the tag.
    const start = properties.tag === undefined ? token.start : properties.start!;
    const tag = properties.tag === '!' ? undefined : properties.tag;
    switch (token.kind) {
      case TokenKind.BLOCK_ENTRY:
        if (indentless) { return this.blockSequence(this.anchored(properties, new SequenceNode(tag ?? TAG.SEQ, this.source, start)), true); }
        break;
      case TokenKind.SCALAR: {
        this.index++;
        return this.anchored(properties, this.scalar(token, start, properties.tag));
      }
      case TokenKind.FLOW_SEQUENCE_START:
        this.index++;
        return this.flowSequence(this.anchored(properties, new SequenceNode(tag ?? TAG.SEQ, this.source, start)));
      case TokenKind.FLOW_MAPPING_START:
        this.index++;
        return this.flowMapping(this.anchored(properties, new MappingNode(tag ?? TAG.MAP, this.source, start)));
      case TokenKind.BLOCK_SEQUENCE_START:
        if (!block) { break; }
        this.index++;
        return this.blockSequence(this.anchored(properties, new SequenceNode(tag ?? TAG.SEQ, this.source, start)), false);
      case TokenKind.BLOCK_MAPPING_START:
        if (!block) { break; }
        this.index++;
        return this.blockMapping(this.anchored(properties, new MappingNode(tag ?? TAG.MAP, this.source, start)));
    }
    if (properties.start === undefined) {
      throw this.source.error(start, `a value is missing before ${describe(token)}`, 'put a value there, or quote text that holds such a character');
    }
    // The Python loader reads a lone "!" as null, libyaml as an empty string.
    const empty = properties.tag === '!' && this.options.dialect === 'libyaml' ? TAG.STR : tag ?? TAG.NULL;
    return this.anchored(properties, new ScalarNode(empty, this.source, properties.start, '', 'plain'));
  }

  private scalar(token: Token, start: number, explicit: string | undefined): ScalarNode {
    const { value, style } = token;
    let tag = explicit;
    if (tag === undefined || tag === '!') { tag = style === 'plain' || tag === '!' ? resolvePlain(value!) : TAG.STR; }
    if (this.options.placeholders && PLACEHOLDER.test(value!)) {
      if (explicit === undefined || tag === TAG.STR) {
        // An explicit "!!str" says of a plain scalar what quotes would say.
        return new ScalarNode(TAG.ENVIRONMENT, this.source, start, value!, explicit && style === 'plain' ? 'double' : style!);
      }
      throw this.source.error(start, 'a tag before text with a "%(NODEPOOL_…)" in it', 'leave the tag out');
    }
    return new ScalarNode(tag, this.source, start, value!, style!);
  }

  private emptyScalar(start: number): ScalarNode {
    return new ScalarNode(TAG.NULL, this.source, start, '', 'plain');
  }

  private anchored<T extends YamlNode>(properties: Properties, node: T): T {
    if (properties.anchor) {
      const name = properties.anchor.value!;
      const before = this.anchors.get(name);
      if (before) { throw this.source.error(properties.anchor.start, `anchor "&${name}" is defined twice, first on line ${before.line}`, 'give it another name'); }
      this.anchors.set(name, node);
      if (node.kind !== 'scalar') { this.open.add(node); }
    }
    return node;
  }

  private blockSequence(node: SequenceNode, indentless: boolean): SequenceNode {
    for (let token = this.peek(); token.kind === TokenKind.BLOCK_ENTRY; token = this.peek()) {
      this.index++;
      const next = this.peek();
      const empty = next.kind === TokenKind.BLOCK_ENTRY || next.kind === TokenKind.BLOCK_END
        || (indentless && (next.kind === TokenKind.KEY || next.kind === TokenKind.VALUE));
      node.value.push(empty ? this.emptyScalar(token.start + 1) : this.node(true, false));
    }
    if (!indentless) { this.blockEnd(node, 'list', 'begin every item with "- " in the same column'); }
    this.open.delete(node);
    return node;
  }

  private blockMapping(node: MappingNode): MappingNode {
    for (;;) {
      let token = this.peek();
      if (token.kind !== TokenKind.KEY) { break; }
      this.index++;
      const key = this.isMapEntryEnd(this.peek().kind) ? this.emptyScalar(token.start) : this.node(true, true);
      token = this.peek();
      let value: YamlNode;
      if (token.kind === TokenKind.VALUE) {
        this.index++;
        value = this.isMapEntryEnd(this.peek().kind) ? this.emptyScalar(token.start + 1) : this.node(true, true);
      } else {
        value = this.emptyScalar(token.start);
      }
      node.value.push([key, value]);
    }
    this.blockEnd(node, 'map', 'put a ": " behind every key, begin them in the same column, and quote text that goes on behind a closing quote or bracket');
    this.open.delete(node);
    return node;
  }

  private isMapEntryEnd(kind: TokenKind): boolean {
    return kind === TokenKind.KEY || kind === TokenKind.VALUE || kind === TokenKind.BLOCK_END;
  }

  private blockEnd(node: YamlNode, what: string, remedy: string): void {
    const token = this.peek();
    if (token.kind !== TokenKind.BLOCK_END) {
      const wrong = token.kind === TokenKind.SCALAR && node.kind === 'mapping' ? 'is no "key: value" of' : 'does not fit into';
      throw this.source.error(token.start, `${describe(token)} ${wrong} the ${what} that begins on line ${node.line}`, remedy);
    }
    this.index++;
  }

  private flowSequence(node: SequenceNode): SequenceNode {
    for (let first = true; this.peek().kind !== TokenKind.FLOW_SEQUENCE_END; first = false) {
      if (!first) { this.flowEntry(node, 'a "," or the closing "]"'); }
      const token = this.peek();
      if (token.kind === TokenKind.FLOW_SEQUENCE_END) { break; }
      if (token.kind === TokenKind.KEY) {
        // `[a: b]` is a list with one map of one key.
        const pair = new MappingNode(TAG.MAP, this.source, token.start);
        this.descend(token);
        pair.value.push(this.flowPair(TokenKind.FLOW_SEQUENCE_END));
        this.depth--;
        node.value.push(pair);
      } else {
        node.value.push(this.node(false, false));
      }
    }
    this.index++;
    this.open.delete(node);
    return node;
  }

  private flowMapping(node: MappingNode): MappingNode {
    for (let first = true; this.peek().kind !== TokenKind.FLOW_MAPPING_END; first = false) {
      if (!first) { this.flowEntry(node, 'a "," or the closing "}"'); }
      const token = this.peek();
      if (token.kind === TokenKind.FLOW_MAPPING_END) { break; }
      if (token.kind === TokenKind.KEY) {
        node.value.push(this.flowPair(TokenKind.FLOW_MAPPING_END));
      } else {
        const key = this.node(false, false);
        node.value.push([key, this.emptyScalar(this.peek().start)]);
      }
    }
    this.index++;
    this.open.delete(node);
    return node;
  }

  /** Reads `key: value` behind its KEY token; both may be missing. */
  private flowPair(end: TokenKind): [YamlNode, YamlNode] {
    const isEnd = (kind: TokenKind) => kind === TokenKind.FLOW_ENTRY || kind === end;
    let token = this.tokens[this.index++];
    const next = this.peek().kind;
    const keyMissing = next === TokenKind.VALUE || isEnd(next);
    const key = keyMissing ? this.emptyScalar(token.start) : this.node(false, false);
    // libyaml drops the token behind a "?" without a key in a list, so it refuses `[?]` and reads `[?]]`.
    if (keyMissing && end === TokenKind.FLOW_SEQUENCE_END && this.options.dialect === 'libyaml') { this.index++; }
    token = this.peek();
    if (token.kind !== TokenKind.VALUE) { return [key, this.emptyScalar(token.start)]; }
    this.index++;
    return [key, isEnd(this.peek().kind) ? this.emptyScalar(token.start + 1) : this.node(false, false)];
  }

  private flowEntry(node: YamlNode, expected: string): void {
    const token = this.peek();
    if (token.kind !== TokenKind.FLOW_ENTRY) {
      throw this.source.error(token.start, `${expected} is missing before ${describe(token)}`, `mend what opens on line ${node.line}`);
    }
    this.index++;
  }

  private trailing(token: Token): Error {
    if (token.kind === TokenKind.DOCUMENT_START || token.kind === TokenKind.DIRECTIVE) {
      return this.source.error(token.start, 'a second document in one file', 'write one document, without a "---" in the middle');
    }
    return this.source.error(token.start, `${describe(token)} follows the end of the document`, 'mend the indentation, or quote the whole text');
  }
}

function decode(prefix: string): string {
  try {
    return decodeURIComponent(prefix);
  } catch {
    return prefix;
  }
}

/** A token in the reader's words. */
function describe(token: Token): string {
  switch (token.kind) {
    case TokenKind.END: return 'the end of the text';
    case TokenKind.BLOCK_END: return 'the end of the indented block';
    case TokenKind.BLOCK_MAPPING_START:
    case TokenKind.KEY: return 'a key';
    case TokenKind.VALUE: return 'a ":"';
    case TokenKind.BLOCK_SEQUENCE_START:
    case TokenKind.BLOCK_ENTRY: return 'a "- "';
    case TokenKind.FLOW_ENTRY: return 'a ","';
    case TokenKind.FLOW_SEQUENCE_START: return 'a "["';
    case TokenKind.FLOW_SEQUENCE_END: return 'a "]"';
    case TokenKind.FLOW_MAPPING_START: return 'a "{"';
    case TokenKind.FLOW_MAPPING_END: return 'a "}"';
    case TokenKind.DOCUMENT_START: return 'a "---"';
    case TokenKind.DOCUMENT_END: return 'a "..."';
    case TokenKind.ANCHOR: return 'an anchor ("&")';
    case TokenKind.ALIAS: return 'an alias ("*")';
    case TokenKind.TAG: return 'a tag ("!")';
    case TokenKind.DIRECTIVE: return 'a directive ("%")';
    default: return 'this text';
  }
}
