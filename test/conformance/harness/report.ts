import { writeFileSync } from 'node:fs';

/** What came of one scenario. */
export interface Row {
  readonly scenario: string;
  readonly ok: boolean;
  readonly seen: string;
  readonly seconds: number;
}

/** The table of a run: written anew after each scenario, so that it is there however the run ends. */
export class Report {
  private readonly rows: Row[] = [];
  private readonly skipped: string[] = [];

  /** The scenarios in the order of the table; with several clusters they end in another one. */
  constructor(private readonly file: string | undefined, private readonly order: readonly string[]) {
    this.write();
  }

  get failed(): number { return this.rows.filter(row => !row.ok).length; }

  add(row: Row): void {
    this.rows.push(row);
    this.rows.sort((a, b) => this.order.indexOf(a.scenario) - this.order.indexOf(b.scenario));
    this.write();
    console.log(`${row.ok ? 'ok  ' : 'FAIL'} ${row.scenario} (${row.seconds} s): ${row.seen}`);
  }

  /** Notes a scenario that was not run. */
  skip(scenario: string, reason: string): void {
    this.skipped.push(scenario);
    console.log(`skip ${scenario}: ${reason}`);
  }

  print(): void {
    const width = Math.max(...this.rows.map(row => row.scenario.length), 8);
    console.log();
    for (const row of this.rows) {
      const [first] = row.seen.split('\n');
      console.log(`${row.ok ? 'ok  ' : 'FAIL'}  ${row.scenario.padEnd(width)} ${String(row.seconds).padStart(6)} s  ${first}`);
    }
    const skipped = this.skipped.length > 0 ? `, ${this.skipped.length} skipped` : '';
    console.log(`\n${this.rows.length - this.failed} passed, ${this.failed} failed${skipped}`);
  }

  private write(): void {
    if (this.file) { writeFileSync(this.file, `${JSON.stringify(this.rows, undefined, 2)}\n`); }
  }
}
