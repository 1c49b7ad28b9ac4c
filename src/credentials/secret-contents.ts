/**
 * What a Secret is known to hold, without its values: names that nodepool.yaml may use. What is not given is unknown, and nothing is
 * compared with it.
 */
export interface SecretContents {
  /**
   * The Secret's keys.
   *
   * @default - what the source shows by itself
   */
  readonly keys?: string[];

  /**
   * The names of the clouds in its `clouds.yaml`.
   *
   * @default - what the source shows by itself: none when it has no such key
   */
  readonly clouds?: string[];

  /**
   * The names of the contexts in its `kube.config`.
   *
   * @default - what the source shows by itself: none when it has no such key
   */
  readonly contexts?: string[];

  /**
   * The names of the profiles in its `aws.config`, without the word "profile".
   *
   * @default - what the source shows by itself: none when it has no such key
   */
  readonly awsProfiles?: string[];
}

/** The kinds of names that nodepool.yaml takes from the providers' Secret. */
export type NameKind = 'clouds' | 'contexts' | 'awsProfiles';

/** The keys under which a Secret may hold names of a kind. */
export const NAME_FILES: Record<NameKind, readonly string[]> = {
  clouds: ['clouds.yaml', 'cloud.yaml'],
  contexts: ['kube.config'],
  awsProfiles: ['aws.config'],
};

/** The names of a kind that a Secret holds: what was said of them, none where the file cannot be there, or absent when nobody knows. */
export function knownNames(contents: SecretContents, kind: NameKind): string[] | undefined {
  const { keys } = contents;
  return contents[kind] ?? (keys && !NAME_FILES[kind].some(file => keys.includes(file)) ? [] : undefined);
}

/** What is seen of a Secret, with what was said of it over that. */
export function declared(seen: SecretContents, said: SecretContents = {}): SecretContents {
  return Object.fromEntries((['keys', 'clouds', 'contexts', 'awsProfiles'] as const)
    .map(kind => [kind, said[kind] ?? seen[kind]] as const)
    .filter(([, names]) => names !== undefined)
    .map(([kind, names]) => [kind, [...names!]]));
}
