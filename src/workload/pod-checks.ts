import { isIP } from 'node:net';
import { Construct } from 'constructs';
import {
  checkAnnotations, checkBoolean, checkCount, checkEnum, checkEnvName, checkHost, checkLabels, checkList, checkObjectName, checkPartName, checkPath,
  checkSecretName, shown,
} from './checks';
import { checkAll, fail } from './errors';
import { ContainerImage } from './image';
import { checkKnownProps } from './known-props';
import { LogLevel } from './log-level';
import { Platform } from './platform';
import { PodSettings, STATSD_PROPS } from './pod-settings';

/** Our labels: Services and workloads select their pods by the first two. */
const RESERVED_LABELS = ['run', 'app.kubernetes.io/name', 'app.kubernetes.io/component', 'app.kubernetes.io/part-of'];

const LISTS = ['imagePullSecrets', 'hostAliases', 'volumes', 'initContainers', 'sidecars', 'tolerations', 'topologySpread'] as const;

/** Everything that can be seen to be wrong in the settings alone. */
export function checkSettings(scope: Construct, settings: PodSettings, platform: Platform): void {
  checkAll([
    () => checkEnum(scope, 'platform', platform, Platform),
    () => checkImage(scope, 'image', settings.image),
    () => checkMirror(scope, settings.registryMirror),
    ...LISTS.map(prop => () => checkList(scope, prop, settings[prop])),
    () => checkBoolean(scope, 'reloader', settings.reloader),
    () => { if (settings.replicas !== undefined) { checkCount(scope, 'replicas', settings.replicas); } },
    () => { if (settings.logLevel !== undefined) { checkEnum(scope, 'logLevel', settings.logLevel, LogLevel); } },
    () => checkLabels(scope, 'extraLabels', settings.extraLabels ?? {}, RESERVED_LABELS),
    () => checkLabels(scope, 'nodeSelector', settings.nodeSelector ?? {}),
    () => checkAnnotations(scope, 'extraAnnotations', settings.extraAnnotations ?? {}),
    ...list(settings.imagePullSecrets).map(name => () => checkSecretName(scope, 'imagePullSecrets', name)),
    () => { if (settings.priorityClassName !== undefined) { checkObjectName(scope, 'priorityClassName', settings.priorityClassName); } },
    () => { if (!isMap(settings.env ?? {})) { fail(scope, `'env' must be a map of EnvValue, got ${kind(settings.env)}`); } },
    ...Object.entries(isMap(settings.env) ? settings.env : {}).map(([name, value]) => () => checkVariable(scope, name, value)),
    ...list(settings.volumes).map(mount => () => {
      checkPath(scope, 'volumes[].path', mount?.path);
      if (typeof mount.volume?.name !== 'string') { fail(scope, `'volumes' needs a 'volume' for ${mount.path}, such as Volume.fromSecret(…)`); }
      checkPartName(scope, 'volumes[].volume.name', mount.volume.name);
    }),
    ...list(settings.tolerations).map((toleration, index) => () => checkMap(scope, `tolerations[${index}]`, toleration, "{ key: 'ci', operator: 'Exists' }")),
    () => checkMap(scope, 'affinity', settings.affinity ?? {}, '{ nodeAffinity: … }'),
    ...list(settings.topologySpread).map((constraint, index) => () => checkSpread(scope, `topologySpread[${index}]`, constraint)),
    ...list(settings.hostAliases).map(alias => () => checkHostAlias(scope, alias)),
    ...(['runAsUser', 'fsGroup'] as const).map(id => () => checkId(scope, id, settings[id], platform)),
    () => checkGrace(scope, settings),
    () => checkKnownProps(scope, 'statsd', settings.statsd, STATSD_PROPS),
    () => { if (settings.statsd) { checkHost(scope, 'statsd.host', settings.statsd.host); } },
    () => { if (settings.statsd?.port !== undefined) { checkCount(scope, 'statsd.port', settings.statsd.port, { least: 1, most: 65535 }); } },
    ...(['sidecars', 'initContainers'] as const).flatMap(prop => list(settings[prop]).map(container => () => checkContainer(scope, prop, container))),
  ]);
}

/** Refuses an image that was not checked by `ContainerImage`. */
export function checkImage(scope: Construct, prop: string, image: unknown): void {
  if (image !== undefined && !(image instanceof ContainerImage)) {
    fail(scope, `'${prop}' must be a ContainerImage, such as ContainerImage.parse("quay.io/zuul-ci/nodepool-launcher:11.0.0"), got ${shown(image)}`);
  }
}

function checkMirror(scope: Construct, mirror: unknown): void {
  if (mirror !== undefined && !(typeof mirror === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(\/[a-z0-9._-]+)*\/?$/.test(mirror))) {
    fail(scope, `'registryMirror' must be a registry, with a path if it has one, without scheme, such as "registry.example.com/quay", got ${shown(mirror)}`);
  }
}

/** The value may be secret, so that no message shows it. */
function checkVariable(scope: Construct, name: string, value: any): void {
  checkEnvName(scope, 'env', name);
  if (typeof value !== 'object' || value === null || (value.value === undefined && value.valueFrom === undefined)) {
    fail(scope, `'env.${name}' must be an EnvValue, such as EnvValue.fromValue('…') or EnvValue.fromSecretValue(…)`);
  }
}

function checkHostAlias(scope: Construct, alias: any): void {
  if (isIP(String(alias?.ip)) === 0) { fail(scope, `'hostAliases[].ip' must be an IP address, got ${shown(alias?.ip)}`); }
  if (list(alias.hostnames).length === 0) { fail(scope, `'hostAliases' has no host names for ${alias.ip}; give at least one`); }
  for (const name of alias.hostnames) { checkHost(scope, `hostAliases[${alias.ip}].hostnames`, name); }
}

function checkId(scope: Construct, prop: string, value: unknown, platform: Platform): void {
  if (value === undefined) { return; }
  if (platform === Platform.OPENSHIFT) { fail(scope, `'${prop}' must not be set on Platform.OPENSHIFT: the namespace gives it, got ${shown(value)}`); }
  checkCount(scope, prop, value, { least: 1 });
}

function checkGrace(scope: Construct, settings: PodSettings): void {
  const grace = settings.terminationGracePeriod;
  if (grace === undefined) { return; }
  if (typeof grace.toSeconds !== 'function') { fail(scope, `'terminationGracePeriod' must be a Duration, such as Duration.minutes(2), got ${shown(grace)}`); }
  checkCount(scope, 'terminationGracePeriod', grace.toSeconds({ integral: false }), { least: 15 });
}

function checkMap(scope: Construct, prop: string, value: unknown, example: string): void {
  if (!isMap(value)) { fail(scope, `'${prop}' must be a map such as ${example}, got ${kind(value)}`); }
}

/** What the API server asks of a spread; the rest is left to it. */
function checkSpread(scope: Construct, prop: string, constraint: any): void {
  checkMap(scope, prop, constraint, "{ maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' }");
  const missing = ['maxSkew', 'topologyKey', 'whenUnsatisfiable'].filter(field => constraint[field] === undefined || constraint[field] === null);
  if (missing.length > 0) { fail(scope, `'${prop}' needs ${missing.map(field => `'${field}'`).join(', ')}, got the fields ${shown(Object.keys(constraint))}`); }
}

function checkContainer(scope: Construct, prop: string, container: any): void {
  if (typeof container?.name !== 'string' || typeof container?.image !== 'string') {
    // not the whole container: its environment may be secret.
    const given = shown(Object.keys(container ?? {}));
    fail(scope, `'${prop}' needs containers with 'name' and 'image', as Kubernetes spells them, got one with the fields ${given}`);
  }
  checkPartName(scope, `${prop}[].name`, container.name);
}

function isMap(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, without showing it. */
function kind(value: unknown): string {
  if (Array.isArray(value)) { return 'a list'; }
  return value === null ? 'null' : `a value of type ${typeof value}`;
}

/** A list, also where a language without types let something else through. */
function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
