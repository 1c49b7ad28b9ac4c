import { constructBool, constructFloat, constructInt } from './construct-scalars';
import { TAG } from './nodes';
import { resolvePlain } from './resolve';
import { YamlScalar } from './values';

/** What a plain scalar means; `undefined` for what the quick reader leaves to the complete one. */
export function plainScalar(text: string): YamlScalar | undefined {
  switch (resolvePlain(text)) {
    case TAG.STR: return text;
    case TAG.NULL: return null;
    case TAG.BOOL: return constructBool(text);
    case TAG.INT: return constructInt(text);
    case TAG.FLOAT: return constructFloat(text);
    default: return undefined;
  }
}

/** What stands between quotes, on one line and without backslashes. */
export function quotedText(quoted: string): string {
  const text = quoted.slice(1, -1);
  return quoted[0] === "'" && text.includes("'") ? text.replaceAll("''", "'") : text;
}
