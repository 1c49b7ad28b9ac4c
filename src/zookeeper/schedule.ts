const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What a field may be: its smallest and largest number, and names for the numbers from the smallest on. */
const FIELDS: { least: number; most: number; names?: string[] }[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 6, names: WEEKDAYS },
];

/** Whether the controller of CronJobs takes a schedule (robfig/cron, which it reads it with). */
export function isSchedule(text: string): boolean {
  if (/^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/.test(text)) { return true; }
  const fields = text.split(' ');
  return fields.length === FIELDS.length && fields.every((field, index) => field.split(',').every(part => isPart(part, FIELDS[index])));
}

/** `*`, a number, or a range, and the steps in it. */
function isPart(part: string, { least, most, names = [] }: typeof FIELDS[number]): boolean {
  const match = /^(?:[*?]|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (!match) { return false; }
  const [from, to] = [match[1], match[2]].map(text => {
    if (text === undefined) { return undefined; }
    const named = names.indexOf(text.toLowerCase());
    return named >= 0 ? named + least : /^\d+$/.test(text) ? Number(text) : NaN;
  });
  const within = [from, to].every(number => number === undefined || (number >= least && number <= most));
  return within && (to === undefined || from! <= to) && (match[3] === undefined || Number(match[3]) > 0);
}
