import { FilePlace } from './problem';
import { keyIdentity, MappingNode, YamlDocument, YamlNode, YamlScalar, YamlSource, YamlValue } from './yaml';

/** A map or list, and the key or index of one of its parts. */
interface Slot {
  readonly container: YamlValue;
  readonly key: YamlScalar;
}

/** Knows where every part of a configuration stands, also after several files became one. Looks it up when asked. */
export class Places {
  private readonly nodes = new Map<YamlValue, YamlNode>();
  private offsets?: { readonly source: YamlSource; readonly of: ReadonlyMap<YamlValue, readonly number[]> };
  private readonly links = new Map<YamlValue, Map<YamlScalar, Slot>>();

  /** Learns the places of a text that was read. */
  public add({ node, data, origins, offsets }: Pick<YamlDocument, 'node' | 'data' | 'origins' | 'offsets'>): void {
    for (const [value, origin] of origins) { this.nodes.set(value, origin); }
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
    if (offsets) { return this.placeAt(offsets[slotOf(container, key, part)]); }
    const node = this.nodes.get(container);
    if (node?.kind === 'sequence' && typeof key === 'number') { return placeOf(node.value[key]); }
    if (node?.kind !== 'mapping') { return undefined; }
    const pair = findPair(node, key);
    return pair && placeOf(part === 'key' ? pair[0] : pair[1]);
  }

  /** Where a map or list begins. */
  public ofContainer(container: YamlValue): FilePlace | undefined {
    const offsets = this.offsets?.of.get(container);
    return offsets ? this.placeAt(offsets[0]) : placeOf(this.nodes.get(container));
  }

  private placeAt(offset: number): FilePlace {
    const { source } = this.offsets!;
    return { file: source.file, ...source.place(offset) };
  }
}

/** Which of the offsets of a list or map is that of a part: a list has one for each item, a map two for each key. */
function slotOf(container: YamlValue, key: YamlScalar, part: 'key' | 'value'): number {
  if (!(container instanceof Map)) { return Number(key); }
  let index = 0;
  for (const other of container.keys()) {
    if (other === key) { break; }
    index += 2;
  }
  return part === 'key' ? index : index + 1;
}

function placeOf(node: YamlNode | undefined): FilePlace | undefined {
  return node && { file: node.file, ...node.place };
}

/** The pair that gave a key its value: the last one written, else one that a merge key (`<<`) brought in. */
function findPair(node: MappingNode, key: YamlScalar): [YamlNode, YamlNode] | undefined {
  const name = typeof key === 'string' ? key : undefined;
  const own = node.value.filter(([candidate]) => candidate.kind === 'scalar' && (name === undefined
    ? keyIdentity(key) === `n${candidate.value}` || candidate.value === String(key)
    : candidate.value === name));
  if (own.length > 0) { return own[own.length - 1]; }
  for (const [candidate, value] of node.value) {
    if (candidate.kind !== 'scalar' || candidate.value !== '<<') { continue; }
    for (const source of value.kind === 'sequence' ? value.value : [value]) {
      const found = source.kind === 'mapping' ? findPair(source, key) : undefined;
      if (found) { return found; }
    }
  }
  return undefined;
}
