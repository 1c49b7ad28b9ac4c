import { notAMap } from './kinds';
import { mergeConfigs } from './merge';
import { Places } from './places';
import { FilePlace, NodepoolConfigError, Problem } from './problem';
import { describeValidatorOnly, describeYamlProblem } from './warnings';
import { readYaml, YamlError, YamlMap, YamlValue } from './yaml';

/** A text to read, or why there is none. */
export interface ConfigSource {
  readonly file?: string;
  readonly text: string | Problem;
}

/** What was read from all sources together. */
export interface ReadConfig {
  readonly data: YamlMap;
  readonly places: Places;
  readonly warnings: readonly string[];
}

/** Reads texts into one configuration; throws with every problem of every text. */
export function readSources(sources: readonly ConfigSource[]): ReadConfig {
  const problems: Problem[] = [];
  const places = new Places();
  const warnings: string[] = [];
  const configs = sources.flatMap(({ file, text }) => {
    if (typeof text === 'string') { return readText(text, file, places, warnings, problems); }
    problems.push(text);
    return [];
  });
  const data = mergeConfigs(configs, places, problems);
  if (problems.length > 0) { throw new NodepoolConfigError(problems); }
  return { data, places, warnings };
}

function readText(text: string, file: string | undefined, places: Places, warnings: string[], problems: Problem[]): YamlMap[] {
  try {
    const document = readYaml(text, { file, placeholders: true });
    warnings.push(...document.duplicates.map(describeYamlProblem), ...document.pureOnlyErrors.map(describeValidatorOnly));
    if (document.data instanceof Map) {
      places.add(document);
      return [document.data];
    }
    problems.push(notAMapProblem(document.data, { file, ...document.node?.place ?? { line: 1, column: 1 } }));
  } catch (error) {
    if (!(error instanceof YamlError)) { throw error; }
    problems.push({ place: error, text: error.problem + (error.remedy ? `; ${error.remedy}` : '') });
  }
  return [];
}

/** The problem of a configuration that is no map. */
export function notAMapProblem(data: YamlValue, place?: FilePlace): Problem {
  const { message, remedy } = notAMap(data);
  return { place, text: `${message}; ${remedy}` };
}
