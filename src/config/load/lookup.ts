import { keyText, Located } from '../located';
import { isHashable } from '../python';
import { suggest } from '../suggest';
import { keyIdentity, YamlEnvText, YamlValue } from '../yaml';

/** How many names a message lists. */
const MAX_LISTED = 8;

/** Longer names are not compared. */
const MAX_COMPARED_LENGTH = 100;

/** So many comparisons are made for proposals; those who mistyped more have another problem. */
const MAX_COMPARISONS = 50_000;

/** Names that something may refer to, as keys of a Python dictionary. */
export class Lookup {
  private readonly names = new Map<unknown, YamlValue>();
  private uncertain = false;
  private listed?: string;
  private byLength?: Map<number, string[]>;
  private comparisons = 0;

  /** `what` they are in a message. */
  constructor(private readonly what: string) {}

  /** Adds a name; one that the environment decides may be any. */
  public add(name: YamlValue): void {
    if (name instanceof YamlEnvText) { this.uncertain = true; }
    if (isHashable(name)) { this.names.set(keyIdentity(name), name); }
    this.listed = undefined;
    this.byLength = undefined;
  }

  /** Notes that there may be names that cannot be known. */
  public addUnknown(): void { this.uncertain = true; }

  /** Notes it for a list that the environment decides, or items of it. */
  public addUnknownOf(list: Located | undefined): void {
    if (list && (list.isUnknown || list.list.some(item => item.isUnknown))) { this.uncertain = true; }
  }

  /** Whether something is surely not among the names. */
  public lacks(name: YamlValue): boolean {
    return !this.uncertain && !(name instanceof YamlEnvText) && !this.names.has(keyIdentity(name));
  }

  /** What to refer to instead. */
  public remedy(wrong: string): string {
    if (this.names.size > MAX_LISTED) {
      const meant = suggest(wrong, this.alike(wrong));
      if (meant) { return `did you mean "${meant}"?`; }
    }
    return this.listed ??= `${this.what}: ${this.toString()}`;
  }

  /** The names for a message. */
  public toString(): string {
    const texts = this.texts();
    if (!texts.length) { return '(there are none)'; }
    const more = texts.length - MAX_LISTED;
    return more > 0 ? `${texts.slice(0, MAX_LISTED).join(', ')} and ${more} more` : texts.join(', ');
  }

  /** Names about as long as a word: others cannot be meant. */
  private alike(word: string): string[] {
    if (word.length > MAX_COMPARED_LENGTH || this.comparisons > MAX_COMPARISONS) { return []; }
    if (!this.byLength) {
      this.byLength = new Map();
      for (const text of this.texts()) {
        const same = this.byLength.get(text.length);
        if (same) { same.push(text); } else { this.byLength.set(text.length, [text]); }
      }
    }
    const difference = Math.max(2, Math.floor(word.length / 3));
    const names = Array.from({ length: 2 * difference + 1 }, (_, index) => this.byLength!.get(word.length - difference + index) ?? []).flat();
    this.comparisons += names.length;
    return names;
  }

  private texts(): string[] { return Array.from(this.names.values(), keyText); }
}
