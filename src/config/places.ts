import { FilePlace } from './problem';
import { keyIdentity, MappingNode, Origins, YamlNode, YamlScalar, YamlValue } from './yaml';

/** A map or list, and the key or index of one of its parts. */
interface Slot {
  readonly container: YamlValue;
  readonly key: YamlScalar;
}

/** Knows where every part of a configuration stands, also after several files became one. Looks it up when asked. */
export class Places {
  private readonly nodes = new Map<YamlValue, YamlNode>();
  private readonly links = new Map<YamlValue, Map<YamlScalar, Slot>>();

  /** Learns the places of a text that was read. */
  public add(root: YamlNode | undefined, data: YamlValue, origins: Origins): void {
    for (const [value, node] of origins) { this.nodes.set(value, node); }
    if (root && !this.nodes.has(data)) { this.nodes.set(data, root); }
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
    const node = this.nodes.get(container);
    if (node?.kind === 'sequence' && typeof key === 'number') { return placeOf(node.value[key]); }
    if (node?.kind !== 'mapping') { return undefined; }
    const pair = findPair(node, key);
    return pair && placeOf(part === 'key' ? pair[0] : pair[1]);
  }

  /** Where a map or list begins. */
  public ofContainer(container: YamlValue): FilePlace | undefined {
    return placeOf(this.nodes.get(container));
  }
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
