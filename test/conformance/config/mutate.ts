import { Random } from './random';
import { copy, get, set, Slot, slotsOf } from './tree';
import { setTyped } from './typed';
import { YamlBinary, YamlFloat, YamlMap, YamlPairs, YamlSet, YamlTimestamp, YamlValue } from '../../../src/config/yaml';

/** Values of every kind, many of them almost right somewhere. */
export const VALUES: readonly YamlValue[] = [
  null, true, false, 0, 1, -1, 2, 22, 10, 3600, 2n ** 70n, -(10n ** 400n), new YamlFloat(0), new YamlFloat(1),
  new YamlFloat(0.5), new YamlFloat(-1.5),
  new YamlFloat(NaN), new YamlFloat(Infinity), '', ' ', 'abc', '5', ' 5 ', '5.5', '1e3', '1_0', 'nan', 'yes', 'None', '_x', 'a_b', 'fake', 'fake-x', 'a b', 'ssh', 'winrm', 'pod', 'namespace',
  'v2.0', 'image', 'snapshot',
  'required', 'raw', 'prioritized', 'vanilla-cloud', 'nosuch', 'openstack', 'aws', 'static', '{region}', '{{x}}', '{region_name:>5}', '{region_name!r}', '{auth[username]}',
  '1\x1c', '\x1f1', '\x0b1\x85', '/x', 'é', '%(NODEPOOL_PORT)', '%(NODEPOOL_X)',
  new YamlTimestamp(2020, 1, 1), new YamlTimestamp(2020, 1, 1, { hour: 1, minute: 2, second: 3, microsecond: 0 }), new YamlBinary(''), new YamlBinary('NQ=='), new YamlBinary('YWJj'),
  [], [[]], [null], ['a'], ['ab'], ['a', 'b'], [1], [true], [['a', 'b']], [new Map()], new Map(), new Map([['name', 'a']]), new Map<YamlValue, YamlValue>([[1, 2]]),
  new Map([['a', 'b']]), new Map<YamlValue, YamlValue>([['a', 1]]), new YamlSet([]), new YamlSet(['a']), new YamlPairs([]), new YamlPairs([['a', 'b']]), new YamlPairs([[[], new Map()]]),
];

const DRIVERS = [
  'openstack', 'aws', 'azure', 'gce', 'ibmvpc', 'kubernetes', 'openshift', 'openshiftpods', 'static', 'metastatic', 'fake', 'test', 'example', 'nodepool', 'AWS',
];

/** What mutations may take parts from. */
export interface Stock {
  readonly keys: readonly string[];
  readonly trees: readonly YamlValue[];
}

/** A copy of a tree with a few things changed. */
export function mutateTree(tree: YamlValue, stock: Stock, random: Random): YamlValue {
  const root = [copy(tree)];
  const times = 1 + random.below(random.chance(0.3) ? 5 : 2);
  for (let time = 0; time < times; time++) {
    if (random.chance(0.45)) { setTyped(root[0], VALUES, random); } else { mutateOnce(root, stock, random); }
  }
  // Seldom, because the real ones take seconds for them.
  if (random.chance(0.004)) { extreme(root[0], random); }
  return root[0];
}

function mutateOnce(root: YamlValue[], stock: Stock, random: Random): void {
  const slots = slotsOf(root);
  const slot = random.pick(slots);
  const value = get(slot);
  const other = get(random.pick(slots));
  switch (random.below(15)) {
    case 0: remove(slot, root, random); break;
    case 1: remove(slot, root, random); break;
    case 2: set(slot, copy(random.pick(VALUES))); break;
    case 3: set(slot, copy(random.pick(VALUES))); break;
    case 4: set(slot, copy(other)); break;
    case 5: addKey(random.pick(slots.filter(({ container }) => container instanceof Map)) ?? slot, stock, other, random); break;
    case 6: rename(slot, stock, random); break;
    case 7: if (Array.isArray(slot.container) && slot.container !== root) { slot.container.push(copy(value)); } break;
    case 8: set(slot, random.chance(0.5) ? [copy(value)] : new Map([['name', copy(value)]])); break;
    case 9: set(slot, unwrapped(value)); break;
    case 10: changeDriver(slots, random); break;
    case 11: crossNames(slots, random); break;
    case 12: graft(root, stock, random); break;
    case 13: set(slot, similar(value, random)); break;
    default: moveKey(slots, random); break;
  }
}

/** Goes beyond what Python's limit of recursion allows, or stays well below it: where it is exactly depends on who calls. */
function extreme(tree: YamlValue, random: Random): void {
  if (!(tree instanceof Map)) { return; }
  const images = tree.get('diskimages');
  const image: YamlMap = new Map([['name', 'deep']]);
  const more: YamlValue[] = [image];
  if (random.chance(0.8)) {
    image.set('metadata', new Map([['x', nested(random.pick([20, 450, 520, 600]), random.chance(0.5))]]));
  } else {
    // Whole chains are slow to read.
    for (let count = random.pick([20, 950, 1050]); count > 0; count--) {
      more.push(new Map([['name', `chain-${count}`], ['parent', count > 1 ? `chain-${count - 1}` : 'deep']]));
    }
  }
  tree.set('diskimages', Array.isArray(images) ? [...images, ...more] : more);
}

function nested(depth: number, inMaps: boolean): YamlValue {
  let value: YamlValue = 1;
  for (let level = 0; level < depth; level++) { value = inMaps ? new Map([['a', value]]) : [value]; }
  return value;
}

function remove({ container, key }: Slot, root: YamlValue[], random: Random): void {
  if (container === root) { return; }
  if (container instanceof Map) { container.delete(key); } else { container.splice(Number(key), random.chance(0.8) ? 1 : container.length); }
}

function addKey({ container }: Slot, stock: Stock, other: YamlValue, random: Random): void {
  if (!(container instanceof Map)) { return; }
  const key = random.chance(0.9) ? random.pick(stock.keys) : random.pick(VALUES.filter(value => typeof value !== 'object' || value === null));
  container.set(key, copy(random.chance(0.5) ? other : random.pick(VALUES)));
}

/** Gives a key another name: that of another key, or one misspelt. */
function rename({ container, key }: Slot, stock: Stock, random: Random): void {
  if (!(container instanceof Map) || typeof key !== 'string') { return; }
  const names = [random.pick(stock.keys), key.toUpperCase(), key.replace('-', '_'), `${key}s`, key.slice(1), `${key[0]?.toUpperCase()}${key.slice(1)}`];
  const value = container.get(key)!;
  container.delete(key);
  container.set(random.pick(names), value);
}

function unwrapped(value: YamlValue): YamlValue {
  if (Array.isArray(value) && value.length) { return value[0]; }
  return value instanceof Map && value.size ? [...value.values()][0] : value;
}

function changeDriver(slots: readonly Slot[], random: Random): void {
  const providers = slots.map(get).filter((value): value is YamlMap => value instanceof Map && (value.has('driver') || value.has('pools')));
  if (providers.length) { random.pick(providers).set('driver', random.pick(DRIVERS)); }
}

/** Makes two names the same, or a reference point elsewhere. */
function crossNames(slots: readonly Slot[], random: Random): void {
  const names = slots.filter(({ key }) => ['name', 'diskimage', 'cloud-image', 'parent', 'backing-label', 'labels', 'cloud', 'zone'].includes(key as string));
  if (names.length > 1) { set(random.pick(names), copy(get(random.pick(names)))); }
}

/** Adds a part of another configuration. */
function graft(root: YamlValue[], stock: Stock, random: Random): void {
  const from = random.pick(stock.trees);
  const to = root[0];
  if (!(from instanceof Map) || !(to instanceof Map) || !from.size) { return; }
  const [key, value] = random.pick([...from]);
  const before = to.get(key);
  to.set(key, Array.isArray(before) && Array.isArray(value) ? [...before, ...(copy(value) as YamlValue[])] : copy(value));
}

/** The same thing in another type. */
function similar(value: YamlValue, random: Random): YamlValue {
  return random.pick<YamlValue>(variants(value));
}

function variants(value: YamlValue): YamlValue[] {
  if (typeof value === 'number') { return [String(value), new YamlFloat(value), -value, value === 1, BigInt(value) * 10n ** 30n, value + 1]; }
  if (typeof value === 'boolean') { return [Number(value), String(value), value ? 'yes' : 'no', !value]; }
  if (value instanceof YamlFloat) { return [String(value.value), Number.isFinite(value.value) ? Math.round(value.value) : 0]; }
  if (typeof value === 'string') {
    const bytes = new YamlBinary(Buffer.from(value).toString('base64'));
    return [value.toUpperCase(), `${value} `, `${value} b`, [value], value.slice(0, -1), bytes, value.length];
  }
  if (Array.isArray(value)) {
    const map: YamlMap = new Map(value.map((item, index) => [index, item]));
    return [value[0] ?? null, map, [...value, ...value], new YamlPairs(value.map(item => [item, item]))];
  }
  return value instanceof Map ? [[...value.values()], [...value.keys()], new YamlPairs([...value]), new YamlSet([...value.keys()])] : [value];
}

function moveKey(slots: readonly Slot[], random: Random): void {
  const slot = random.pick(slots);
  const to = random.pick(slots).container;
  if (!(slot.container instanceof Map) || !(to instanceof Map)) { return; }
  const value = slot.container.get(slot.key)!;
  if (random.chance(0.5)) { slot.container.delete(slot.key); }
  to.set(slot.key, copy(value));
}

/** Pieces for changes to the text itself. */
const PIECES = [
  '\t', ' ', '  ', '\n', ':', ': ', '- ', '#', ' #', '"', "'", '[', ']', '{', '}', ',', '&a ', '*a', '<<: *a\n', '? ', '|', '>', '!!str ', '!!int ', '!!float ', '!!set ', '!!omap ', '!x ',
  '%', '%(NODEPOOL_PORT)', '%(NODEPOOL_X)', '---\n', '...\n', '\r\n', '~', 'null', 'yes', 'on', '0x1F', '017', '1:30', '1e3', '.5', '2020-01-01', '=', '<<', '\ufeff', '\x00', 'é',
  '"\\ud800"', '"\\ud83d\\ude00"', '"\\U0000dfff"', '"1\\x1c"', '!!int "\\x1f1"', '{region_name:>5}', '{auth[username]}', '[['.repeat(250), '[['.repeat(260),
];

/** A text with a few things changed. */
export function mutateText(text: string, random: Random): string {
  let result = text;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const lines = result.split('\n');
    const at = random.below(lines.length);
    const place = random.below(result.length + 1);
    switch (random.below(8)) {
      case 0: lines.splice(at, 1); result = lines.join('\n'); break;
      case 1: lines.splice(at, 0, lines[random.below(lines.length)]); result = lines.join('\n'); break;
      case 2: lines[at] = `${random.pick([' ', '  ', '\t'])}${lines[at]}`; result = lines.join('\n'); break;
      case 3: lines[at] = lines[at].replace(/^ {1,2}/, ''); result = lines.join('\n'); break;
      case 4: lines[at] = lines[at].replace(/: +/, random.pick([':\t', ':', ': ', ': \t', ': &a ', ': *a', ': !!str ', ': "', ": '"])); result = lines.join('\n'); break;
      case 5: result = result.slice(0, place) + result.slice(place + 1 + random.below(3)); break;
      default: result = result.slice(0, place) + random.pick(PIECES) + result.slice(place); break;
    }
  }
  return result.replace(/[\ud800-\udfff]/gu, '');
}
