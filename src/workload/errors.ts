import { Node, IConstruct } from 'constructs';

/**
 * Stops with the construct's path before the message, so that the user sees which of several stacks is meant.
 * Call it before children are created: nothing half-built stays behind.
 */
export function fail(scope: IConstruct, message: string): never {
  throw new Error(located(scope, message));
}

/** The message with the construct's path before it. */
export function located(scope: IConstruct, message: string): string {
  return `[${Node.of(scope).path}] ${message}`;
}
