import { YamlMap, YamlScalar, YamlValue } from '../../../src/config/yaml';

/** A place in a tree: a map or list, and a key or index in it. */
export interface Slot {
  readonly container: YamlMap | YamlValue[];
  readonly key: YamlScalar;
}

/** Every place in a tree, containers included. */
export function slotsOf(root: YamlValue): Slot[] {
  const slots: Slot[] = [];
  const walk = (value: YamlValue): void => {
    if (Array.isArray(value)) {
      value.forEach((item, key) => {
        slots.push({ container: value, key });
        walk(item);
      });
    } else if (value instanceof Map) {
      for (const [key, item] of value) {
        slots.push({ container: value, key: key as YamlScalar });
        walk(item);
      }
    }
  };
  walk(root);
  return slots;
}

/** What stands in a place. */
export function get({ container, key }: Slot): YamlValue {
  return (container instanceof Map ? container.get(key) : container[Number(key)]) ?? null;
}

/** Puts something in a place. */
export function set({ container, key }: Slot, value: YamlValue): void {
  if (container instanceof Map) { container.set(key, value); } else { container[Number(key)] = value; }
}

/** A copy that shares no map or list with its original. */
export function copy(value: YamlValue): YamlValue {
  if (Array.isArray(value)) { return value.map(copy); }
  return value instanceof Map ? new Map([...value].map(([key, item]) => [key, copy(item)])) : value;
}
