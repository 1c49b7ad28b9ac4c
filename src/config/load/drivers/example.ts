import { loadGce } from './gce';

/** Loads a provider of the example driver: what it looks up is what gce does. */
export const loadExample = loadGce;
