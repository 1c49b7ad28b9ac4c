import { Node, IConstruct } from 'constructs';

/**
 * Stops with the construct's path before the message, so that the user sees which of several stacks is meant.
 * Call it before children are created: nothing half-built stays behind.
 */
export function fail(scope: IConstruct, message: string): never {
  throw new InputError(located(scope, message));
}

/** Runs every check, so that one error names all that is wrong. */
export function checkAll(checks: (() => void)[]): void {
  const messages: string[] = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof InputError)) { throw error; }
      messages.push(error.message);
    }
  }
  if (messages.length > 0) { throw new InputError(messages.join('\n')); }
}

/** What a user gave is wrong; any other error is a fault of ours. */
class InputError extends Error {}

/** The message with the construct's path before it. */
export function located(scope: IConstruct, message: string): string {
  return `[${Node.of(scope).path}] ${message}`;
}
