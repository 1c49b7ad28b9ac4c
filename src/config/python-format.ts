/** What Python's `format()` takes behind a colon for a text. */
const TEXT_SPEC = /^(?:.?[<>^])?[0-9]*(?:\.[0-9]+)?s?$/su;

/** Why a format does not work. */
export interface FormatFailure {
  readonly message: string;

  /** Whether it names a field that does not exist. */
  readonly unknownField?: boolean;
}

/** Why Python's `format.format(…)` fails when it is given texts under some names; `undefined` when it does not. */
export function formatFailure(format: string, names: readonly string[], depth = 2): FormatFailure | undefined {
  if (depth === 0) { return { message: 'the braces are nested too deep' }; }
  for (let at = 0; at < format.length; at++) {
    const character = format[at];
    if (character !== '{' && character !== '}') { continue; }
    if (format[at + 1] === character) {
      at++;
      continue;
    }
    if (character === '}') { return { message: 'a "}" stands alone' }; }
    const field = readField(format, at + 1);
    if (typeof field === 'string') { return { message: field }; }
    const failure = fieldFailure(field, names) ?? (field.spec.includes('{') ? formatFailure(field.spec, names, depth - 1) : specFailure(field));
    if (failure) { return failure; }
    at = field.end;
  }
  return undefined;
}

interface Field {
  readonly name: string;
  readonly conversion?: string;
  readonly spec: string;

  /** Where its closing brace stands. */
  readonly end: number;
}

/** Reads a field behind its opening brace, as CPython does, in one pass; or says why it cannot. */
function readField(format: string, start: number): Field | string {
  let at = start;
  while (at < format.length && !'}:!'.includes(format[at])) {
    if (format[at] === '{') { return 'a "{" stands in the name of a field'; }
    if (format[at] === '[') {
      const close = format.indexOf(']', at);
      at = close < 0 ? format.length : close;
    }
    at++;
  }
  const name = format.slice(start, at);
  if (at >= format.length) { return 'a "{" is not closed'; }
  if (format[at] === '}') { return { name, spec: '', end: at }; }
  let conversion: string | undefined;
  if (format[at] === '!') {
    conversion = format[at + 1];
    at += 2;
    if (format[at] === '}') { return { name, conversion, spec: '', end: at }; }
    if (format[at] !== ':') { return 'a "!" is not followed by one letter'; }
  }
  const end = closingBrace(format, at + 1);
  return end < 0 ? 'a "{" is not closed' : { name, conversion, spec: format.slice(at + 1, end), end };
}

/** Where the brace stands that closes a specification; in it, braces come in pairs. */
function closingBrace(format: string, start: number): number {
  let open = 1;
  for (let at = start; at < format.length; at++) {
    if (format[at] === '{') { open++; }
    if (format[at] === '}' && --open === 0) { return at; }
  }
  return -1;
}

function fieldFailure({ name, conversion }: Field, names: readonly string[]): FormatFailure | undefined {
  const [, first, rest] = /^([^.[]*)(.*)$/s.exec(name)!;
  if (!names.includes(first)) { return { message: first ? `there is no field "${first}"` : 'a field has no name', unknownField: true }; }
  // of a text, only a character by its number is anything to write.
  if (!/^(?:\[[0-9]+\])*$/.test(rest)) { return { message: `"${first}" is a text, which has no "${rest}"` }; }
  return conversion === undefined || 'rsa'.includes(conversion) ? undefined : { message: `there is no conversion "!${conversion}"` };
}

function specFailure({ spec }: Field): FormatFailure | undefined {
  return TEXT_SPEC.test(spec) ? undefined : { message: `a text cannot be written as ":${spec}"` };
}
