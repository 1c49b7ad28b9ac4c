import { NodepoolConfigError } from '../problem';
import { Finding, FindingSeverity } from './finding';
import { Report } from './report';
import { LOADER_REFUSALS, REFUSALS } from './rule-ids';

/** How many places a message names. */
const PLACES = 3;

/** A rule that somebody breaks on purpose. */
export class Allowance {
  constructor(public readonly rule: string, private readonly path?: string) {
    if (LOADER_REFUSALS.has(rule)) {
      throw new NodepoolConfigError([{ text: `rule "${rule}" cannot be allowed: the daemons fail on what breaks it; mend that` }]);
    }
    if (!REFUSALS.includes(rule)) {
      const rules = REFUSALS.filter(name => !LOADER_REFUSALS.has(name));
      throw new NodepoolConfigError([{ text: `rule "${rule}" does not exist, or stops nobody; rules: ${rules.join(', ')}` }]);
    }
  }

  /** Whether it lets something through: what the daemons fail on it does not. */
  public admits(finding: Finding): boolean {
    return !finding.loader && finding.rule === this.rule && this.covers(finding.path);
  }

  public toString(): string {
    return this.path === undefined ? `allow('${this.rule}')` : `allow('${this.rule}', '${this.path}')`;
  }

  private covers(path: string): boolean {
    if (this.path === undefined || path === this.path) { return true; }
    return path.startsWith(this.path) && '.['.includes(path[this.path.length]);
  }
}

/** Whether a finding may be passed over. */
export function allowed(finding: Finding, allowances: readonly Allowance[]): boolean {
  return allowances.some(allowance => allowance.admits(finding));
}

/** What to say of allowances that let nothing through: a path that is misspelt, or something that was mended since. */
export function uselessAllowances(report: Report, allowances: readonly Allowance[]): string[] {
  if (allowances.length === 0) { return []; }
  const refused = report.findings().map(({ finding }) => finding).filter(({ severity, loader }) => severity === FindingSeverity.ERROR && !loader);
  return allowances.filter(allowance => !refused.some(finding => allowance.admits(finding))).map(allowance => {
    const paths = [...new Set(refused.filter(({ rule }) => rule === allowance.rule).map(({ path }) => path))];
    const more = paths.length > PLACES ? ` and ${paths.length - PLACES} more` : '';
    const why = paths.length ? `the rule is broken elsewhere, at ${paths.slice(0, PLACES).join(', ')}${more}; correct the path` : 'nothing breaks the rule; take it out';
    return `${allowance} lets nothing through: ${why}`;
  });
}
