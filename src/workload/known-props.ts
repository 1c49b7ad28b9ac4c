import { IConstruct } from 'constructs';
import { checkAll, fail } from './errors';
import { suggest } from '../config/suggest';

/** The names of all props of an interface. A list that misses one, or has one that is gone, does not compile. */
export function propsOf<T>(all: Record<keyof Required<T>, true>): readonly string[] {
  return Object.keys(all);
}

/**
 * Refuses what is no map, and props that nobody reads, as only languages without types let through.
 *
 * @param prop where the map is; empty for the construct's own props
 */
export function checkKnownProps(scope: IConstruct, prop: string, given: unknown, known: readonly string[]): void {
  if (given === undefined || given === null) { return; }
  if (typeof given !== 'object' || Array.isArray(given)) {
    const what = prop === '' ? 'props' : `'${prop}'`;
    // not the value: there may be a secret in it.
    fail(scope, `${what} must be a map of any of ${known.join(', ')}, got ${Array.isArray(given) ? 'a list' : `a value of type ${typeof given}`}`);
  }
  checkAll(unknownProps(prop, given, known).map(message => () => fail(scope, message)));
}

/** What is wrong about the names of props, for those that have no place in the tree. */
export function unknownProps(prop: string, given: object, known: readonly string[]): string[] {
  const path = (name: string) => prop === '' ? name : `${prop}.${name}`;
  return Object.entries(given).filter(([name, value]) => value !== undefined && !known.includes(name)).map(([name]) => {
    const meant = suggest(name, known);
    return `'${path(name)}' is unknown; ${meant === undefined ? `known are ${known.join(', ')}` : `did you mean '${path(meant)}'?`}`;
  });
}
