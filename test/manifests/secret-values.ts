/** Fails if a text holds one of these values, also as base64, hex or in a URL. The message names the value by its index. */
export function expectNoSecretValues(text: string, values: string[]): void {
  const found = values.flatMap((value, index) => Object.entries(forms(value))
    .filter(([, needles]) => needles.some(needle => text.includes(needle)))
    .map(([form]) => `value ${index} of the list stands in the text as ${form}`));
  if (found.length > 0) { throw new Error(found.join('\n')); }
}

/** How a value may be written; what is too short to tell is left out. */
function forms(value: string): Record<string, string[]> {
  if (value.length < 4) { throw new Error('a secret value of fewer than 4 characters would be found anywhere'); }
  const hex = Buffer.from(value, 'utf8').toString('hex');
  const json = JSON.stringify(value).slice(1, -1);
  // a key in PEM is as secret when its lines are indented; what surrounds it is not secret
  const lines = value.split('\n').map(line => line.trim()).filter(line => /^(?!-----)\S{12,}$/.test(line));
  const base64 = alignments(value);
  return {
    'plain text': [value, json, ...lines],
    'base64': base64,
    'base64 for URLs': base64.map(text => text.replace(/\+/g, '-').replace(/\//g, '_')),
    'hex': [hex, hex.toUpperCase()],
    'URL encoding': [encodeURIComponent(value), encodeURIComponent(value).replace(/%[0-9A-F]{2}/g, escape => escape.toLowerCase())],
  };
}

/** Base64 of the value wherever it may begin in what was encoded: only the characters that depend on it alone. */
function alignments(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [0, 1, 2].map(shift => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const first = Math.ceil(shift * 8 / 6);
    const last = Math.floor(whole.length * 8 / 6);
    return whole.toString('base64').slice(first, last);
  }).filter(text => text.length >= 4);
}
