import { shortened } from './shortened';

/** What a message may take. */
const MAX_MESSAGE = 500;

/** What is known about a problem in a YAML text. */
export interface YamlProblem {
  /** The file the text came from, when it came from one. */
  readonly file?: string;

  /** Line of the problem, counted from 1. */
  readonly line: number;

  /** Column of the problem, counted from 1. */
  readonly column: number;

  /** Which rule is broken, and by what. */
  readonly problem: string;

  /** What would be right. */
  readonly remedy?: string;
}

/** A YAML text that Nodepool could not read, or that reads differently from what it seems to say. */
export class YamlError extends Error implements YamlProblem {
  public readonly file?: string;
  public readonly line: number;
  public readonly column: number;
  public readonly problem: string;
  public readonly remedy?: string;

  constructor(what: YamlProblem) {
    const problem = shortened(what.problem, MAX_MESSAGE);
    const remedy = what.remedy === undefined ? undefined : shortened(what.remedy, MAX_MESSAGE);
    super(`${what.file ?? 'yaml'}:${what.line}:${what.column}: ${problem}${remedy ? `; ${remedy}` : ''}`);
    this.name = 'YamlError';
    this.file = what.file;
    this.line = what.line;
    this.column = what.column;
    this.problem = problem;
    this.remedy = remedy;
  }
}
