import { ProvidersSecret } from './providers-secret';
import { knownNames, NameKind, NAME_FILES } from './secret-contents';
import { NodepoolConfig } from '../config';
import { shown } from '../workload/checks';

/** What a service has besides nodepool.yaml and the providers' Secret. */
export interface ServiceSurroundings {
  /** Names of the environment variables that the user sets: they may lead Nodepool's libraries to other files. */
  readonly userEnv: readonly string[];
  /** Where the user mounts volumes: openstacksdk looks into several directories. */
  readonly userPaths: readonly string[];
  /** The kubeconfig contexts that the service has from elsewhere; absent where the service uses none at all. */
  readonly contexts?: readonly string[];
}

/** What makes the names of a kind come from elsewhere than the Secret, and so unknown. */
const ELSEWHERE: Record<NameKind, RegExp> = {
  clouds: /^OS_/,
  contexts: /^KUBECONFIG$/,
  awsProfiles: /^AWS_(CONFIG|SHARED_CREDENTIALS)_FILE$/,
};

const NOUNS: Record<NameKind, string> = { clouds: 'cloud', contexts: 'kubeconfig context', awsProfiles: 'AWS profile' };

/** Names of nodepool.yaml that the providers' Secret is known not to hold. Nodepool would start, and its providers would not. */
export function unknownCredentials(config: NodepoolConfig, providers: ProvidersSecret, surroundings: ServiceSurroundings): string[] {
  const used: Record<NameKind, string[]> = {
    clouds: config._clouds(),
    contexts: surroundings.contexts ? config._contexts().flatMap(({ context }) => context ?? []) : [],
    awsProfiles: config._awsProfiles(),
  };
  return (Object.keys(used) as NameKind[]).flatMap(kind => {
    const held = knownNames(providers._contents, kind);
    if (held === undefined || surroundings.userEnv.some(name => ELSEWHERE[kind].test(name))) { return []; }
    if (kind === 'clouds' && held.length === 0 && surroundings.userPaths.some(path => /(^|\/)openstack(\/|$)/.test(path))) { return []; }
    const known = [...held, ...(kind === 'contexts' ? surroundings.contexts ?? [] : [])];
    // what a variable stands for is known in the pod alone.
    const unknown = [...new Set(used[kind])].filter(name => !known.includes(name) && !name.includes('%(NODEPOOL_'));
    return unknown.map(name => message(kind, name, known, providers));
  });
}

/** Clouds and profiles of nodepool.yaml for which there is no providers' Secret at all. They may be in a volume of the user's. */
export function withoutCredentials(config: NodepoolConfig, { userEnv, userPaths }: ServiceSurroundings): string[] {
  if (userPaths.length > 0) { return []; }
  const used = { clouds: config._clouds(), awsProfiles: config._awsProfiles() };
  return (Object.keys(used) as (keyof typeof used)[]).filter(kind => used[kind].length > 0 && !userEnv.some(name => ELSEWHERE[kind].test(name)))
    .map(kind => `'config' names the ${NOUNS[kind]}s ${used[kind].map(shown).join(', ')}, and there are no credentials; `
      + `give a Secret with the key ${NAME_FILES[kind][0]} by 'providers'`);
}

function message(kind: NameKind, name: string, known: string[], { secretName, _contents }: ProvidersSecret): string {
  const [file] = NAME_FILES[kind];
  const { keys } = _contents;
  const missing = keys && !NAME_FILES[kind].some(each => keys.includes(each))
    ? ` (it has no key ${file}; its keys: ${keys.join(', ') || 'none'})` : '';
  return `'config' names the ${NOUNS[kind]} ${shown(name)}, which the Secret "${secretName}" of 'providers' does not hold${missing}; `
    + `known ${NOUNS[kind]}s: ${known.join(', ') || 'none'}`;
}
