/** A struct with all its props, and theirs: a new prop that is not set here does not compile. */
export type Complete<T> = 0 extends 1 & T ? T : T extends object ? { readonly [K in keyof T]-?: Complete<NonNullable<T[K]>> } : T;
