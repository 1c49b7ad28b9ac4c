/** What checks a configuration, loaded when somebody first asks: a program that only imports the library does not wait for it. */
export function engine(): typeof import('./engine') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('./engine');
}
