import { Located } from './located';

/** The names that something may refer to. */
export class Names {
  /** The `name` of every map in a list under a key. */
  public static in(parent: Located, key: string, accept: (item: Located) => boolean = () => true): Names {
    const list = parent.get(key);
    const items = parent.items(key);
    const names = items.filter(accept).map(item => item.get('name'));
    const uncertain = Boolean(list?.isUnknown) || items.some(item => item.isUnknown) || names.some(name => name?.isUnknown);
    return new Names(names.flatMap(name => name?.text ?? []), uncertain);
  }

  private readonly names: Set<string>;

  private constructor(names: readonly string[], private readonly uncertain: boolean) {
    this.names = new Set(names);
  }

  /** Whether a name is surely not among them: what the environment decides may be. */
  public lack(name: Located): boolean {
    return !name.isUnknown && this.lackText(name.text);
  }

  /** The same for a bare text. */
  public lackText(name: string | undefined): boolean {
    return name !== undefined && !this.uncertain && !this.names.has(name);
  }

  /** The names for a message. */
  public toString(): string {
    return this.names.size ? [...this.names].join(', ') : '(there are none)';
  }
}
