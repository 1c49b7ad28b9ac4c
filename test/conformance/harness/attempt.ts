import { diagnose } from './diagnose';
import { Ground } from './ground';
import { Report } from './report';
import { Scenario } from './scenario';

/** Runs a scenario, notes what came of it, and leaves the ground as the next one expects it. */
export async function attempt(scenario: Scenario, { cluster, deployment }: Ground, report: Report): Promise<void> {
  const begun = new Date();
  const row = (ok: boolean, seen: string) =>
    report.add({ scenario: scenario.id, ok, seen, seconds: Math.round((Date.now() - begun.getTime()) / 100) / 10 });
  const steps: (() => Promise<unknown>)[] = [];
  try {
    const seen = await scenario.run({ cluster, kubectl: cluster.kubectl, deployment, cleanup: step => { steps.push(step); } });
    const errors = await allOf(steps);
    if (errors.length > 0) { throw new Error(`passed, but what it left to be done failed: ${errors.join('; ')}`); }
    row(true, seen);
  } catch (error) {
    row(false, textOf(error));
    await diagnose(cluster.kubectl, begun);
    for (const each of await allOf(steps)) { console.log(`---- cleaning up after ${scenario.id} failed: ${each}`); }
    // one failure must not fail the rest.
    await deployment.restore().catch(failed => console.log(`---- restoring the ground after ${scenario.id} failed: ${textOf(failed)}`));
  }
}

/** Does the steps, the last one first, each of them once; the errors. */
async function allOf(steps: (() => Promise<unknown>)[]): Promise<string[]> {
  const errors: string[] = [];
  for (let step = steps.pop(); step; step = steps.pop()) { await step().catch(error => errors.push(textOf(error))); }
  return errors;
}

function textOf(error: unknown): string { return error instanceof Error ? error.message : String(error); }
