import { expectNoSecretValues } from './secret-values';

const SECRET = 'pa$$w0rd/+ü secret';
const encode = (text: string, encoding: BufferEncoding) => Buffer.from(text, 'utf8').toString(encoding);

test.each([
  ['plain', `password: ${SECRET}`, 'plain text'],
  ['in JSON', JSON.stringify({ a: 'line one\nline "two"' }), 'plain text'],
  ['as base64', encode(SECRET, 'base64'), 'base64'],
  ['as base64 after one byte', encode(`x${SECRET}y`, 'base64'), 'base64'],
  ['as base64 after two bytes', encode(`xx${SECRET}yyy`, 'base64'), 'base64'],
  ['as base64 for URLs', encode(`x${SECRET}`, 'base64url'), 'base64 for URLs'],
  ['as hex', `\\x${encode(SECRET, 'hex').toUpperCase()}`, 'hex'],
  ['in a URL', `https://user:${encodeURIComponent(SECRET)}@example.com`, 'URL encoding'],
])('fails for a value that stands there %s', (_, text, form) => {
  expect(() => expectNoSecretValues(text, ['another value', SECRET, 'line one\nline "two"'])).toThrow(`as ${form}`);
});

test('fails for a line of a key that is indented', () => {
  expect(() => expectNoSecretValues('key: |\n    MIIEvQIBADAN\n', ['-----BEGIN-----\nMIIEvQIBADAN\n'])).toThrow('value 0 of the list');
});

test('the message does not show the value', () => {
  expect(() => expectNoSecretValues(SECRET, [SECRET])).toThrow(/^value 0 of the list stands in the text as plain text$/);
});

test('a text without the value passes', () => {
  expectNoSecretValues('nothing of the kind', [SECRET]);
});

test('what surrounds a key in PEM is no secret', () => {
  expectNoSecretValues('-----BEGIN CERTIFICATE-----', ['-----BEGIN CERTIFICATE-----\nMIIEvQIBADAN\n']);
});
