/** How much a finding matters. */
export enum FindingSeverity {
  /** Nodepool's validator or its daemons refuse the file because of it. */
  ERROR = 'error',

  /** Both accept it, and it does not work, or has no effect. */
  WARNING = 'warning',

  /** Both accept it and it works; there is a better way to say it. */
  INFO = 'info',
}

/** The services that read `nodepool.yaml`. */
export enum NodepoolRole {
  /** Creates and deletes nodes. */
  LAUNCHER = 'launcher',

  /** Builds and uploads images. */
  BUILDER = 'builder',
}

/** How to check a configuration. */
export interface CheckOptions {
  /**
   * Name of the file, for messages.
   *
   * @default - the text came from no file
   */
  readonly file?: string;

  /**
   * The service that is to read the file; what only the other one needs is not asked for.
   *
   * @default - both
   */
  readonly role?: NodepoolRole;

  /**
   * The names of the clouds that `clouds.yaml` defines.
   *
   * @default - unknown: every cloud is taken to exist
   */
  readonly clouds?: string[];

  /**
   * Values for `%(NODEPOOL_…)`, by the name of the variable. The environment of the process is never read.
   *
   * @default - no variable is set, so that each stays in the text as it is written
   */
  readonly env?: { [name: string]: string };
}

/** Something to know about a configuration. */
export interface Finding {
  /** How much it matters. */
  readonly severity: FindingSeverity;

  /** Line, counted from 1; 0 for what came from no text. */
  readonly line: number;

  /** Column, counted from 1; 0 for what came from no text. */
  readonly column: number;

  /** Where in the configuration, by names: `providers[rack].pools[main].labels[small]`. */
  readonly path: string;

  /** The rule, by an id that does not change. */
  readonly rule: string;

  /** What is wrong. */
  readonly message: string;

  /**
   * The value that is wrong, when it is a text, a number or a boolean, and no secret.
   *
   * @default - there is no such value
   */
  readonly value?: any;

  /** What would be right. */
  readonly remedy: string;

  /** Whether `nodepool config-validate` refuses the file because of it. */
  readonly validator: boolean;

  /** Whether the daemons fail to load the file because of it. */
  readonly loader: boolean;
}
