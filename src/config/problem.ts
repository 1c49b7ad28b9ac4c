/** Where something stands in a file. */
export interface FilePlace {
  /** The file as the user named it; absent for a text that came from no file. */
  readonly file?: string;

  /** Line, counted from 1. */
  readonly line: number;

  /** Column, counted from 1. */
  readonly column: number;
}

/** Something wrong in a configuration. */
export interface Problem {
  /** Path into the configuration, by names where there are names: `providers[rack].pools[main]`. */
  readonly path?: string;

  /** Where it stands; absent for what came from an object. */
  readonly place?: FilePlace;

  /** Which rule is broken, by what, and what would be right. */
  readonly text: string;
}

/** A problem as one line for people: `nodepool.yaml:12:15: providers[rack].…: label "smal" is not defined; …`. */
export function describeProblem({ place, path, text }: Problem): string {
  const where = [place && describePlace(place), path].filter(part => part).map(part => `${part}: `);
  return `${where.join('')}${text}`;
}

/** A place as editors and compilers write it. */
export function describePlace({ file, line, column }: FilePlace): string {
  return `${file ?? 'yaml'}:${line}:${column}`;
}

/** A configuration that cannot be used, with every problem that was found. */
export class NodepoolConfigError extends Error {
  /** One line for each problem. */
  public readonly problems: readonly string[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(describeProblem);
    super(lines.join('\n'));
    this.name = 'NodepoolConfigError';
    this.problems = lines;
  }
}
