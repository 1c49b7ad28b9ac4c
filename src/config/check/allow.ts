import { NodepoolConfigError } from '../problem';
import { Finding } from './finding';
import { REFUSALS } from './rule-ids';

/** A rule that somebody breaks on purpose. */
export class Allowance {
  constructor(public readonly rule: string, private readonly path?: string) {
    if (!REFUSALS.includes(rule)) {
      throw new NodepoolConfigError([{ text: `rule "${rule}" does not exist, or stops nobody; rules: ${REFUSALS.join(', ')}` }]);
    }
  }

  /** Whether it is about a place. */
  public covers(path: string): boolean {
    if (this.path === undefined || path === this.path) { return true; }
    return path.startsWith(this.path) && '.['.includes(path[this.path.length]);
  }
}

/** Whether a finding may be passed over: what the daemons fail on may not. */
export function allowed(finding: Finding, allowances: readonly Allowance[]): boolean {
  return !finding.loader && allowances.some(allowance => allowance.rule === finding.rule && allowance.covers(finding.path));
}
