// What checks a configuration. It is more than half of what config/ is made of, and loaded on first use: see lazy.ts.
export { Allowance, allowed, uselessAllowances } from './allow';
export { checkText, inspect } from './check';
export { hints } from '../hints';
export { HintContext } from '../hints/hint';
export { Report } from './report';
