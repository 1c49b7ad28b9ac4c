import { FilePlace } from './problem';
import { keyIdentity, keyOf, MappingNode, MergedPairs, TAG, YamlDocument, YamlNode, YamlScalar, YamlSource, YamlValue } from './yaml';

/** A map or list, and the key or index of one of its parts. */
interface Slot {
  readonly container: YamlValue;
  readonly key: YamlScalar;
}

type Pairs = NonNullable<ReturnType<MergedPairs['get']>>;

/** Knows where every part of a configuration stands, also after several files became one. Looks it up when asked. */
export class Places {
  private readonly nodes = new Map<YamlValue, YamlNode>();
  private offsets?: { readonly source: YamlSource; readonly of: ReadonlyMap<YamlValue, readonly number[]> };
  private readonly merged = new Map<MappingNode, Pairs>();
  private readonly pairs = new Map<MappingNode, ReadonlyMap<unknown, Pairs[number]>>();
  private readonly indices = new Map<YamlValue, ReadonlyMap<YamlValue, number>>();
  private readonly links = new Map<YamlValue, Map<YamlScalar, Slot>>();

  /** Learns the places of a text that was read. */
  public add({ node, data, origins, merged = new Map(), offsets }: Pick<YamlDocument, 'node' | 'data' | 'origins' | 'merged' | 'offsets'>): void {
    for (const [value, origin] of origins) { this.nodes.set(value, origin); }
    for (const [map, pairs] of merged) { this.merged.set(map, pairs); }
    if (node && !this.nodes.has(data)) { this.nodes.set(data, node); }
    if (offsets) { this.offsets = offsets; }
  }

  /** Notes that a part was taken over from another map or list. */
  public link(container: YamlValue, key: YamlScalar, from: YamlValue, fromKey: YamlScalar): void {
    let links = this.links.get(container);
    if (!links) { this.links.set(container, links = new Map()); }
    links.set(key, { container: from, key: fromKey });
  }

  /** Where a part stands: its value, or its key. */
  public of(container: YamlValue, key: YamlScalar, part: 'key' | 'value' = 'value'): FilePlace | undefined {
    const link = this.links.get(container)?.get(key);
    if (link) { return this.of(link.container, link.key, part); }
    const offsets = this.offsets?.of.get(container);
    if (offsets) { return this.placeAt(offsets[this.slotOf(container, key, part)]); }
    const node = this.nodes.get(container);
    if (node?.kind === 'sequence' && typeof key === 'number') { return placeOf(node.value[key]); }
    if (node?.kind !== 'mapping') { return undefined; }
    const pair = this.pairOf(node, key);
    return pair && placeOf(part === 'key' ? pair[0] : pair[1]);
  }

  /** A key as it is written; `undefined` for one of a text that was read without making nodes. */
  public spelling(container: YamlValue, key: YamlScalar): string | undefined {
    const link = this.links.get(container)?.get(key);
    if (link) { return this.spelling(link.container, link.key); }
    const node = this.nodes.get(container);
    const written = node?.kind === 'mapping' ? this.pairOf(node, key)?.[0] : undefined;
    return written?.kind === 'scalar' ? written.value : undefined;
  }

  /** The node that a map or list came from. */
  public nodeOf(container: YamlValue): YamlNode | undefined { return this.nodes.get(container); }

  /** Where a map or list begins. */
  public ofContainer(container: YamlValue): FilePlace | undefined {
    const offsets = this.offsets?.of.get(container);
    return offsets ? this.placeAt(offsets[0]) : placeOf(this.nodes.get(container));
  }

  /** Which of the offsets of a list or map is that of a part: a list has one for each item, a map two for each key. */
  private slotOf(container: YamlValue, key: YamlScalar, part: 'key' | 'value'): number {
    if (!(container instanceof Map)) { return Number(key); }
    let indices = this.indices.get(container);
    if (!indices) { this.indices.set(container, indices = new Map(Array.from(container.keys(), (name, index) => [name, 2 * index]))); }
    return indices.get(key)! + Number(part === 'value');
  }

  /** The pair that gave a key its value: the last one written, else one that a merge key (`<<`) brought in. */
  private pairOf(node: MappingNode, key: YamlScalar): Pairs[number] | undefined {
    let pairs = this.pairs.get(node);
    if (!pairs) {
      const own = node.value.filter(([name]) => name.tag !== TAG.MERGE);
      pairs = new Map([...this.merged.get(node) ?? [], ...own].flatMap(pair => (pair[0].kind === 'scalar' ? [[keyIdentity(keyOf(pair[0])), pair]] : [])));
      this.pairs.set(node, pairs);
    }
    return pairs.get(keyIdentity(key));
  }

  private placeAt(offset: number): FilePlace {
    const { source } = this.offsets!;
    return { file: source.file, ...source.place(offset) };
  }
}

function placeOf(node: YamlNode | undefined): FilePlace | undefined {
  return node && { file: node.file, ...node.place };
}
