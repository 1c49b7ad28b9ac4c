import { Cluster } from './cluster';
import { Deployment } from './deployment';
import { Kubectl } from './kubectl';

/** What a scenario works with. */
export interface Context {
  readonly cluster: Cluster;
  readonly kubectl: Kubectl;

  /** The complete example, and what stands around it. */
  readonly deployment: Deployment;

  /**
   * Leaves something to be done once the scenario has ended, passed or failed; a failure is diagnosed first, while everything is still there.
   * What is left last is done first, and one that fails keeps the others from nothing.
   */
  readonly cleanup: (step: () => Promise<unknown>) => void;
}

/** Something that administrators are promised, tried on the real thing. */
export interface Scenario {
  /** What `--only` names. */
  readonly id: string;

  /** The promise, in one sentence. */
  readonly title: string;

  /** Whether it needs an API server alone. */
  readonly apiOnly?: boolean;

  /** Why a run of all leaves it out and counts it as skipped; `--only` runs it. */
  readonly pending?: string;

  /** Whether it measures what other work on the machine would change. */
  readonly alone?: boolean;

  /** Fails where the promise is not kept; returns what was seen. It leaves the deployment as it found it. */
  run(context: Context): Promise<string>;
}
