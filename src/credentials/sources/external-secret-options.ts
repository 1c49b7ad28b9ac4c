import { Duration } from 'cdk8s';
import { RemoteCluster } from '../remote-cluster';
import { SecretContents } from '../secret-contents';
import { SecretStore } from '../secret-store';

/** Options of `SecretSource.externalSecret`. At least one of `data`, `extract` and `clusters` is needed. */
export interface ExternalSecretOptions {
  /** Where the values are. */
  readonly store: SecretStore;

  /**
   * Values one by one, by the Secret's keys.
   *
   * @default - none
   */
  readonly data?: { [key: string]: ExternalSecretValue };

  /**
   * Whole entries of the store: each of their properties becomes a key of the Secret. Which ones is not known when the app is synthesized;
   * say it by `holds` where nodepool.yaml is to be checked.
   *
   * @default - none
   */
  readonly extract?: ExternalSecretValue[];

  /**
   * Keys of the Secret that are made from what was fetched, as templates of External Secrets (engine v2): `{{ index . "password" }}`.
   * They stand in Git.
   *
   * @default - the Secret holds what was fetched
   */
  readonly template?: { [key: string]: string };

  /**
   * Whether the Secret also holds what was fetched, beside what `template` makes of it.
   *
   * @default false - the Secret holds the keys of `template` alone, if there is one
   */
  readonly templateMerges?: boolean;

  /**
   * Other clusters for job pods. The key `kube.config` of the Secret is made from their tokens, in this cluster: a provider of nodepool.yaml
   * names a context of them.
   *
   * @default - no kubeconfig is made
   */
  readonly clusters?: RemoteCluster[];

  /**
   * How often the values are fetched again; in whole seconds. Zero: once.
   *
   * @default Duration.hours(1)
   */
  readonly refreshInterval?: Duration;

  /**
   * When the values are fetched again.
   *
   * @default ExternalSecretRefresh.PERIODIC
   */
  readonly refreshPolicy?: ExternalSecretRefresh;

  /**
   * Whose the Secret is.
   *
   * @default ExternalSecretCreation.OWNER
   */
  readonly creationPolicy?: ExternalSecretCreation;

  /**
   * What happens to the Secret when the store has its values no more. `DELETE` needs the creation policy `OWNER`.
   *
   * @default ExternalSecretDeletion.RETAIN
   */
  readonly deletionPolicy?: ExternalSecretDeletion;

  /**
   * What the Secret is known to hold, beyond the keys that can be seen here.
   *
   * @default - its keys, unless there is an `extract`, or somebody else makes the Secret (`MERGE`)
   */
  readonly holds?: SecretContents;
}

/** A value in a store of External Secrets, or a whole entry of it. */
export interface ExternalSecretValue {
  /** The name of the entry, as the store spells it: a path of Vault, the name of a Secret, … */
  readonly key: string;

  /**
   * One property of the entry.
   *
   * @default - the entry as a whole
   */
  readonly property?: string;

  /**
   * The version of the entry.
   *
   * @default - the newest
   */
  readonly version?: string;

  /**
   * How the store's value is encoded.
   *
   * @default ExternalSecretDecoding.NONE
   */
  readonly decoding?: ExternalSecretDecoding;

  /**
   * Another store than that of the options. Only for values of `data`.
   *
   * @default - the store of the options
   */
  readonly store?: SecretStore;
}

/** When External Secrets fetches values again. */
export enum ExternalSecretRefresh {
  /** After each interval, and when the ExternalSecret changes. */
  PERIODIC = 'Periodic',
  /** When the ExternalSecret changes. */
  ON_CHANGE = 'OnChange',
  /** Never. */
  CREATED_ONCE = 'CreatedOnce',
}

/** Whose a Secret is that External Secrets fills. */
export enum ExternalSecretCreation {
  /** The ExternalSecret's: it is made, and goes when the ExternalSecret goes. */
  OWNER = 'Owner',
  /** Nobody's: it is made, and stays when the ExternalSecret goes. */
  ORPHAN = 'Orphan',
  /** Somebody else makes it; its other keys stay. */
  MERGE = 'Merge',
}

/** What happens to a Secret when its values have gone from the store. */
export enum ExternalSecretDeletion {
  /** It stays as it is. */
  RETAIN = 'Retain',
  /** It is deleted. */
  DELETE = 'Delete',
  /** The keys are taken out of it. */
  MERGE = 'Merge',
}

/** How a value of a store is encoded. */
export enum ExternalSecretDecoding {
  /** Not at all: it is taken as it is. */
  NONE = 'None',
  /** As base64. */
  BASE64 = 'Base64',
  /** As base64 for URLs. */
  BASE64_URL = 'Base64URL',
  /** As whichever of the two it looks like. */
  AUTO = 'Auto',
}
