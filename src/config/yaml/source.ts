import { YamlError } from './yaml-error';

/** A place in a text, both counted from 1 as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text and the file it came from; turns offsets into lines and columns, only when somebody asks. */
export class YamlSource {
  private lineStarts?: number[];

  constructor(public readonly text: string, public readonly file?: string) {}

  /** Line and column of an offset. */
  public place(offset: number): Place {
    const starts = this.lineStarts ??= lineStarts(this.text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle] <= offset) { low = middle; } else { high = middle - 1; }
    }
    return { line: low + 1, column: offset - starts[low] + 1 };
  }

  /** An error at an offset. */
  public error(offset: number, problem: string, remedy?: string): YamlError {
    return new YamlError({ file: this.file, ...this.place(offset), problem, remedy });
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const found of text.matchAll(/\r\n|[\n\r\x85\u2028\u2029]/g)) { starts.push(found.index + found[0].length); }
  return starts;
}
