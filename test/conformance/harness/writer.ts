import { Running } from './command';
import { Unexpected } from './wait';

/** What one client of the writer saw; moments are seconds since 1970. */
interface ClientReport {
  readonly acknowledged: number;
  readonly tried_again: number;
  readonly failed: { readonly n: number; readonly begun: number; readonly ended: number; readonly error: string }[];

  /** Pauses between two acknowledged writes that are longer than 0.3 s. */
  readonly gaps: Gap[];

  /** What became of its connection, with the moments. */
  readonly states: [number, 'CONNECTED' | 'SUSPENDED' | 'LOST'][];
  readonly error: string | null;
}

/** What acknowledged writes a member lacks, by its `host:port`. */
export type Lost = Record<string, unknown[]>;

/** Fails where a member lacks one. */
export function expectNothingLost(checked: number, lost: Lost): void {
  const examples = Object.entries(lost).map(([server, missing]) => `${server}: ${missing.length}, such as ${JSON.stringify(missing.slice(0, 3))}`);
  if (examples.length > 0) { throw new Unexpected(`of ${checked} acknowledged writes some are not there: ${examples.join('; ')}`); }
}

/** Clients that wrote all the time, one per member, and what became of their writes. */
export class Written {
  /** How many writes were acknowledged. */
  readonly acknowledged: number;

  /** The longest time without an acknowledged write of a client, in seconds. */
  readonly longestGap: number;

  constructor(private readonly report: { clients: ClientReport[]; checked: number; lost: Lost }) {
    const { clients, lost, checked } = report;
    const broken = clients.find(({ error, acknowledged }) => error !== null || acknowledged === 0);
    if (broken) { throw new Unexpected(`a client that writes has ended: ${broken.error ?? 'it wrote nothing'}`); }
    expectNothingLost(checked, lost);
    this.acknowledged = clients.reduce((sum, client) => sum + client.acknowledged, 0);
    this.longestGap = longest(clients.flatMap(({ gaps }) => gaps));
  }

  /** How many connections broke, and how many sessions ended with that. */
  get connections(): { broken: number; sessionsLost: number } {
    const states = this.report.clients.flatMap(client => client.states.map(([, state]) => state));
    return { broken: states.filter(state => state === 'SUSPENDED').length, sessionsLost: states.filter(state => state === 'LOST').length };
  }

  /** How many writes failed, each tried again for 5 s, that began between two moments (milliseconds since 1970). */
  failed(from = 0, to = Infinity): number {
    return this.report.clients.flatMap(({ failed }) => failed).filter(({ begun }) => begun * 1000 > from && begun * 1000 < to).length;
  }

  /** When these failed. */
  failedAt(): string[] {
    return this.report.clients.flatMap(({ failed }) => failed.map(({ ended, error }) => `${new Date(ended * 1000).toISOString()} ${error}`)).sort();
  }

  /**
   * The longest time without an acknowledged write, of what lies between two moments (milliseconds since 1970), in seconds: of all clients
   * together, and of the one that waited longest.
   */
  outage(from: number, to = Infinity): { nobody: number; last: number } {
    const clients = this.report.clients.map(({ gaps }) => gaps
      .filter(([begin, end]) => end * 1000 > from && begin * 1000 < to)
      .map(([begin, end]): Gap => [Math.max(begin, from / 1000), end]));
    return { nobody: longest(clients.reduce(inBoth)), last: longest(clients.flat()) };
  }
}

type Gap = [number, number];

function longest(gaps: readonly Gap[]): number {
  return Math.max(0, ...gaps.map(([begin, end]) => end - begin));
}

/** What lies in a gap of the one and in one of the other. */
function inBoth(some: Gap[], others: Gap[]): Gap[] {
  return some.flatMap(([begin, end]) => others.map(([b, e]): Gap => [Math.max(begin, b), Math.min(end, e)])).filter(([begin, end]) => begin < end);
}

/** Clients that write now. */
export class Writer {
  constructor(readonly name: string, private readonly running: Running, private readonly stopFile: () => Promise<unknown>) {}

  /** Ends it, and fails where a member lacks a write that was acknowledged. */
  async stop(): Promise<Written> {
    await this.stopFile();
    return new Written(JSON.parse(await this.running.done));
  }
}

/** Seconds, for people: writes are a fiftieth of a second apart, and below 0.3 s nothing is noticed. */
export function gap(seconds: number): string {
  return seconds === 0 ? 'less than 0.3 s' : `${seconds.toFixed(1)} s`;
}
