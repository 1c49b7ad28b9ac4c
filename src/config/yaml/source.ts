import { YamlError } from './yaml-error';

/** A place in a text, both counted from 1 as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text and the file it came from; turns offsets into lines and columns, only when somebody asks. */
export class YamlSource {
  private lineStarts?: number[];
  private source?: YamlSource;

  /** `written` is the text that somebody wrote, and the way to it, when this one was made of it. */
  constructor(
    public readonly text: string,
    public readonly file?: string,
    private readonly written?: { readonly text: string; readonly original: (offset: number) => number },
  ) {}

  /** Line and column of an offset; in the text that somebody wrote, when this one was made of it. */
  public place(offset: number): Place {
    if (this.written) { return this.writtenSource().place(this.written.original(offset)); }
    const starts = this.lineStarts ??= lineStarts(this.text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle] <= offset) { low = middle; } else { high = middle - 1; }
    }
    return { line: low + 1, column: offset - starts[low] + 1 };
  }

  private writtenSource(): YamlSource { return this.source ??= new YamlSource(this.written!.text); }

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
