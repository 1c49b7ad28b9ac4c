import { Located } from '../located';
import { Problem } from '../problem';

/** Finds what is wrong with a configuration in one respect. It is given anything that YAML can say. */
export type Rule = (config: Located) => Problem[];
