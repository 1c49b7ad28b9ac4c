import { Located } from '../located';
import { FilePlace, Problem } from '../problem';
import { isSecret } from '../secrets';
import { integerText, shortened, YamlFloat, YamlScalar, YamlTimestamp, YamlValue } from '../yaml';
import { Finding, FindingSeverity } from './finding';

/** Whom a finding stops. */
export type Refusal = 'validator' | 'loader';

/** What is known of a finding when it is made. */
export interface Remark {
  /** Id of the rule. */
  readonly rule: string;

  /** What it is about. */
  readonly at: Located;

  /** What its path names, when that is not what it is about. */
  readonly pathOf?: Located;

  /** Shown at the key rather than at the value. */
  readonly atKey?: boolean;

  /** Tells findings of one rule about one thing apart: the key that is missing. */
  readonly detail?: string;
  readonly message: string;
  readonly remedy: string;

  /** Whether there is no value to show. */
  readonly noValue?: boolean;
}

interface Draft extends Remark {
  severity: FindingSeverity;
  validator: boolean;
  loader: boolean;
}

/** Rules that say that a value is of a kind that does not fit. */
export const KIND_RULES = new Set(['wrong-type', 'wrong-choice', 'null-value', 'number-type']);

/** What a message may take, and what to do about it. */
const MAX_MESSAGE = 500;
const MAX_REMEDY = 2000;

/** Collects what is found. What both the validator and the loader refuse in one place becomes one finding. */
export class Report {
  private readonly drafts: Draft[] = [];
  private readonly byPlace = new Map<YamlValue | undefined, Map<YamlScalar | undefined, Draft[]>>();

  /** Notes that something stops the validator or the loader. */
  public refuse(by: Refusal, remark: Remark): void {
    const here = this.at(remark.at);
    const same = here.find(draft => draft.rule === remark.rule && draft.detail === remark.detail);
    const draft = same ?? this.add(here, remark, FindingSeverity.ERROR);
    draft.severity = FindingSeverity.ERROR;
    draft[by] = true;
  }

  /** Notes that the loader fails on the kind of a value, whatever rule the validator has for it. */
  public refuseKind(remark: Omit<Remark, 'rule'>): void {
    const known = this.at(remark.at).find(draft => KIND_RULES.has(draft.rule));
    if (known) {
      known.loader = true;
      known.severity = FindingSeverity.ERROR;
    } else {
      this.refuse('loader', { ...remark, rule: 'wrong-type' });
    }
  }

  /** Notes what stops nobody. */
  public warn(remark: Remark): void { this.note(FindingSeverity.WARNING, remark); }

  /** Notes what could be said better. */
  public inform(remark: Remark): void { this.note(FindingSeverity.INFO, remark); }

  /** Everything that was found, in the order of the text. */
  public findings(): Array<{ finding: Finding; place?: FilePlace }> {
    const all = this.drafts.map(draft => {
      const place = draft.atKey ? draft.at.keyPlace : draft.at.place;
      const { rule, severity, validator, loader } = draft;
      const [message, remedy] = [shortened(draft.message, MAX_MESSAGE), shortened(draft.remedy, MAX_REMEDY)];
      const { path } = draft.pathOf ?? draft.at;
      const value = draft.noValue ? undefined : shown(draft.at);
      const finding: Finding = {
        severity, line: place?.line ?? 0, column: place?.column ?? 0, path, rule, message, ...value, remedy, validator, loader,
      };
      return { finding, place };
    });
    return all.sort((a, b) => a.finding.line - b.finding.line || a.finding.column - b.finding.column);
  }

  /** Some of the findings as problems, for messages. */
  public problems(accept: (finding: Finding) => boolean): Problem[] {
    return this.findings().filter(({ finding }) => accept(finding))
      .map(({ finding: { path, message, remedy }, place }) => ({ path, place, text: `${message}; ${remedy}` }));
  }

  private note(severity: FindingSeverity, remark: Remark): void {
    const here = this.at(remark.at);
    if (!here.some(draft => draft.rule === remark.rule && draft.detail === remark.detail)) { this.add(here, remark, severity); }
  }

  private add(here: Draft[], remark: Remark, severity: FindingSeverity): Draft {
    const draft: Draft = { ...remark, severity, validator: false, loader: false };
    here.push(draft);
    this.drafts.push(draft);
    return draft;
  }

  private at(located: Located): Draft[] {
    let container = this.byPlace.get(located.container);
    if (!container) { this.byPlace.set(located.container, container = new Map()); }
    let drafts = container.get(located.key);
    if (!drafts) { container.set(located.key, drafts = []); }
    return drafts;
  }
}

/** The value for a finding, in a type that every language has. */
function shown({ value, key }: Located): { value?: unknown } {
  if (isSecret(key)) { return {}; }
  switch (typeof value) {
    case 'string': return { value: shortened(value) };
    case 'number':
    case 'boolean': return { value };
    case 'bigint': return { value: shortened(integerText(value)) };
  }
  if (value instanceof YamlFloat) { return Number.isFinite(value.value) ? { value: value.value } : {}; }
  return value instanceof YamlTimestamp ? { value: value.toString() } : {};
}
