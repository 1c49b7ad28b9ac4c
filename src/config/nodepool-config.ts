import type { Allowance } from './check/allow';
import { CheckOptions, Finding, FindingSeverity, NodepoolRole } from './check/finding';
import { engine } from './check/lazy';
import type { Report } from './check/report';
import { dibCommands, hasDiskimagesToBuild, longestBuildTimeout } from './diskimages';
import { fromObject } from './from-object';
import { kindOf } from './kinds';
import { readText } from './load-files';
import { Located } from './located';
import { Places } from './places';
import { describeProblem, NodepoolConfigError, Problem } from './problem';
import { Provider } from './provider';
import { providersOf } from './providers';
import { ConfigSource, notAMapProblem, ReadConfig, readSources } from './read-sources';
import { BaseKey, baseKeys, startOnly, withBase } from './settings';
import type { NodepoolConfigProps } from './structs/nodepool.generated';
import { requireStruct, structToPlain } from './structs/to-plain';
import { usedEnvironmentVariables } from './used-variables';
import { writeYaml, YamlMap, YamlValue } from './yaml';

/** Drivers that talk to a Kubernetes cluster. */
const KUBERNETES_DRIVERS = new Set(['kubernetes', 'openshift', 'openshiftpods']);

/** Drivers that talk to an OpenStack cloud. */
const OPENSTACK_DRIVERS = new Set(['openstack', 'fake']);

/** The lists that can be added to, with the struct of their items where they have one. */
const LISTS = { labels: 'Label', diskimages: 'Diskimage', providers: undefined };

/**
 * The configuration of Nodepool (`nodepool.yaml`): labels, diskimages and providers.
 *
 * It is written in the program, with structs that are spelled as their language does, or read from a file or a text as
 * Nodepool reads it. What is wrong whatever comes later is reported at once; references between labels, diskimages and
 * providers are checked when the app is synthesized, because labels may still be added.
 *
 * `%(NODEPOOL_…)` stays in the text: Nodepool replaces it by the environment variable when it starts.
 */
export class NodepoolConfig {
  /**
   * Reads one or more files; relative paths start at the current directory.
   *
   * Several files become one configuration: lists are appended in the order of the files, maps are merged. The same
   * value may be set in two files, two different values may not.
   *
   * @param paths the files.
   */
  public static fromFile(...paths: string[]): NodepoolConfig {
    if (paths.length === 0) { throw new NodepoolConfigError([{ text: 'fromFile() needs the path of a file; name your nodepool.yaml' }]); }
    return NodepoolConfig.fromSources(paths.map(path => ({ file: path, text: readText(path) })));
  }

  /**
   * Reads a text.
   *
   * @param yaml the text of a `nodepool.yaml`.
   */
  public static fromString(yaml: string): NodepoolConfig {
    return NodepoolConfig.fromSources([{ text: yaml }]);
  }

  /**
   * Takes plain data: objects, maps, lists, texts, numbers and booleans, with keys spelled as Nodepool spells them.
   *
   * A whole number becomes an integer, another one a floating point number; what is undefined is left out.
   *
   * @param object what a `nodepool.yaml` would say.
   */
  public static fromObject(object: any): NodepoolConfig {
    const problems: Problem[] = [];
    const data = fromObject(object, problems);
    if (problems.length === 0 && !(data instanceof Map)) { problems.push(notAMapProblem(data)); }
    if (problems.length > 0) { throw new NodepoolConfigError(problems); }
    return NodepoolConfig.of({ data: data as YamlMap, places: new Places(), warnings: [] });
  }

  /**
   * Checks the text of a `nodepool.yaml` that Nodepool is to read as it is.
   *
   * Everything is reported: what `nodepool config-validate` refuses, what the daemons fail on when they load the file, and
   * what both accept and nobody means. The rules are described in docs/validation.md. Nothing that a text contains makes
   * this fail.
   *
   * @param text the text of the file.
   * @param options what is known besides the text.
   */
  public static check(text: string, options: CheckOptions = {}): Finding[] { return engine().checkText(text, options); }

  private static fromSources(sources: readonly ConfigSource[]): NodepoolConfig {
    return NodepoolConfig.of(readSources(sources));
  }

  private static of({ data, places, warnings }: ReadConfig): NodepoolConfig {
    const config = new NodepoolConfig();
    config.data = data;
    config.places = places;
    config.readingWarnings = warnings;
    return config;
  }

  private data: YamlMap;
  private places = new Places();
  private readingWarnings: readonly string[] = [];
  private additions = 0;
  private readonly allowances: Allowance[] = [];

  constructor(props: NodepoolConfigProps = {}) {
    requireStruct(props, 'the configuration');
    const problems: Problem[] = [];
    const typed = { ...props, providers: Array.isArray(props.providers) ? props.providers.map(providerData) : props.providers };
    this.data = fromObject(structToPlain('NodepoolConfigProps', typed, problems, ''), problems) as YamlMap;
    if (problems.length === 0) { problems.push(...this.itemProblems()); }
    if (problems.length > 0) { throw new NodepoolConfigError(problems); }
  }

  /** What Nodepool accepts and what is probably not meant: a key that stands twice, for example. */
  public get warnings(): string[] { return this._warnings(); }

  /** The environment variables (`NODEPOOL_…`) that the configuration uses as `%(NODEPOOL_…)`, sorted. */
  public get environmentVariables(): string[] {
    return usedEnvironmentVariables(this.data);
  }

  // `any`, because no jsii language can say "a struct or a map": its kernel takes every struct for the map.

  /**
   * Adds a label.
   *
   * @param label a `Label`; keys may also be spelled as Nodepool does: `{ name: 'small', 'min-ready': 1 }`.
   */
  public addLabel(label: any): void { this.add('labels', label); }

  /**
   * Adds a provider.
   *
   * @param provider a `Provider`; or a map as Nodepool has it under `providers`, which stays as it is.
   */
  public addProvider(provider: any): void { this.add('providers', providerData(provider)); }

  /**
   * Adds a diskimage.
   *
   * @param diskimage a `Diskimage`; keys may also be spelled as Nodepool does: `{ name: 'fedora', 'dib-cmd': 'build' }`.
   */
  public addDiskimage(diskimage: any): void { this.add('diskimages', diskimage); }

  /**
   * Lets through what `nodepool config-validate` refuses and the daemons take, such as keys that its schema forgot.
   *
   * What the daemons fail on cannot be let through. What lets nothing through is a warning at synth.
   *
   * @param rule the id of the rule, `loader-only-key` for example; see docs/validation.md.
   * @param path where: `providers[google].pools[main]` and everything in it. Everywhere when absent.
   */
  public allow(rule: string, path?: string): void {
    this.allowances.push(new (engine().Allowance)(rule, path));
  }

  /**
   * What is wrong with the configuration as it stands now.
   *
   * @internal
   */
  public _validate(): string[] {
    return this.inspected()
      .problems(finding => finding.severity === FindingSeverity.ERROR && !engine().allowed(finding, this.allowances))
      .map(describeProblem);
  }

  /**
   * What is probably not meant, as far as one service is concerned; both when none is named.
   *
   * @internal
   */
  public _warnings(role?: NodepoolRole): string[] {
    const { hints, HintContext, uselessAllowances } = engine();
    const report = this.inspected();
    hints(false)(new HintContext(this.root, report, role));
    const warnings = report.problems(finding => finding.severity === FindingSeverity.WARNING).map(describeProblem);
    return [...this.readingWarnings, ...warnings, ...uselessAllowances(report, this.allowances)];
  }

  /**
   * The settings that belong to the stack and that this configuration makes itself.
   *
   * @internal
   */
  public _baseKeys(): BaseKey[] { return baseKeys(this.root); }

  /**
   * The text of `nodepool.yaml` with the settings of the stack before the user's.
   *
   * @internal
   */
  public _withBase(base: Record<string, any>): string { return writeYaml(withBase(this.data, base)); }

  /**
   * What Nodepool reads only when it starts, as a text to make a checksum of.
   *
   * @internal
   */
  public _startOnly(base: Record<string, any>): string { return startOnly(withBase(this.data, base)); }

  /**
   * Whether there is work for a builder.
   *
   * @internal
   */
  public _hasDiskimagesToBuild(): boolean { return hasDiskimagesToBuild(this.root); }

  /**
   * The longest time, in seconds, that building a diskimage may take.
   *
   * @internal
   */
  public _longestBuildTimeout(): number { return longestBuildTimeout(this.root); }

  /**
   * The commands that build diskimages, where one is named.
   *
   * @internal
   */
  public _dibCommands(): { diskimage: string; command: string }[] { return dibCommands(this.root); }

  /**
   * The providers that talk to a Kubernetes cluster, with the kubeconfig context they name.
   *
   * @internal
   */
  public _contexts(): { provider: string; driver: string; context?: string }[] {
    return providersOf(this.root, KUBERNETES_DRIVERS).map(({ provider, driver }) => ({
      provider: provider.get('name')?.text ?? '',
      driver,
      context: provider.get('context')?.text,
    }));
  }

  /**
   * The names of the OpenStack clouds that providers use, in order.
   *
   * @internal
   */
  public _clouds(): string[] { return this.namesIn(OPENSTACK_DRIVERS, 'cloud'); }

  /**
   * The names of the AWS profiles that providers use, in order.
   *
   * @internal
   */
  public _awsProfiles(): string[] { return this.namesIn(new Set(['aws']), 'profile-name'); }

  /**
   * A number that grows with each addition, for who keeps what was made of the configuration.
   *
   * @internal
   */
  public get _revision(): number { return this.additions; }

  private inspected(): Report {
    const { inspect, Report: Findings } = engine();
    const report = new Findings();
    inspect(this.root, report, ['validator', 'loader'], {});
    return report;
  }

  private get root(): Located { return Located.root(this.data, this.places); }

  private namesIn(drivers: ReadonlySet<string>, key: string): string[] {
    const names = providersOf(this.root, drivers).flatMap(({ provider }) => provider.get(key)?.text || []);
    return [...new Set(names)];
  }

  /** Why what the constructor got cannot be added. */
  private itemProblems(): Problem[] {
    return Object.keys(LISTS).flatMap(key => {
      const list = this.data.get(key) ?? [];
      return Array.isArray(list) ? list.flatMap((item, index) => shapeProblems(key, list, item, `${key}[${index}]`)) : shapeProblems(key, list, null, key);
    });
  }

  private add(key: keyof typeof LISTS, object: unknown): void {
    const problems: Problem[] = [];
    const list = this.data.get(key) ?? [];
    const path = `${key}[${Array.isArray(list) ? list.length : 0}]`;
    const struct = LISTS[key];
    const item = fromObject(struct ? structToPlain(struct, object, problems, path) : object, problems, path);
    if (problems.length === 0) { problems.push(...shapeProblems(key, list, item, path)); }
    if (problems.length > 0) { throw new NodepoolConfigError(problems); }
    const extended = [...list as YamlValue[], item];
    (list as YamlValue[]).forEach((_, index) => this.places.link(extended, index, list, index));
    this.data.set(key, extended);
    this.additions++;
  }
}

/** What a provider says; a map in Nodepool's own spelling says it itself. */
function providerData(provider: unknown): unknown {
  return provider instanceof Provider ? provider._toData() : provider;
}

/** Why an item cannot be added. */
function shapeProblems(key: string, list: YamlValue, item: YamlValue, path: string): Problem[] {
  if (!Array.isArray(list)) { return [{ path: key, text: 'this is no list, so nothing can be added to it; write a list' }]; }
  if (!(item instanceof Map)) { return [{ path, text: `this is ${kindOf(item)}, not a map; give an object such as { name: 'example' }` }]; }
  if (!item.has('name')) { return [{ path, text: '"name" is missing; give it a name' }]; }
  return [];
}
