const SECRET = /password|secret|token|^value$|^key$/i;

/** Whether the value of a key is nobody's business. */
export function isSecret(key: unknown): boolean { return typeof key === 'string' && SECRET.test(key); }
