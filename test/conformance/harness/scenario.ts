import { Cluster } from './cluster';
import { Deployment } from './deployment';
import { Kubectl } from './kubectl';

/** What a scenario works with. */
export interface Context {
  readonly cluster: Cluster;
  readonly kubectl: Kubectl;

  /** The complete example, and what stands around it. */
  readonly deployment: Deployment;
}

/** Something that administrators are promised, tried on the real thing. */
export interface Scenario {
  /** What `--only` names. */
  readonly id: string;

  /** The promise, in one sentence. */
  readonly title: string;

  /** Whether it needs an API server alone. */
  readonly apiOnly?: boolean;

  /** Whether it measures what other work on the machine would change. */
  readonly alone?: boolean;

  /** Fails where the promise is not kept; returns what was seen. It leaves the deployment as it found it. */
  run(context: Context): Promise<string>;
}
