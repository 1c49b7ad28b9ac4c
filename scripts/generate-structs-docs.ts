// The doc comments of generated structs.
import type { Json } from './bundle-schema';
import type { Prop, Struct } from './generate-structs';

const WIDTH = 120;

/** A schema with what its comment says: defaults as they are written in code. */
export function documented(schema: Json, type: string): Json {
  const { default: value, enum: values } = schema;
  if (value === undefined) { return schema; }
  const member = values && String(value).toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return { ...schema, code: member ? `${type}.${member}` : code(value) };
}

/** The comment of a struct. */
export function structDoc({ schema, props }: Struct): string {
  return comment([
    translated(schema.description, props),
    ...Object.values<string[]>(schema['x-exclusive-groups'] ?? {}).map(keys => `At most one of these: ${names(keys, props)}.`),
    ...(schema['x-required-any'] ?? []).map((keys: string[]) => `At least one of these is needed: ${names(keys, props)}.`),
    ...Object.entries<string[]>(schema['x-alone-with'] ?? {}).map(([key, others]) => `With ${names([key], props)}, only these: ${names(others, props)}.`),
  ], '');
}

/** The comment of a prop. */
export function propDoc(prop: Prop, struct: Struct, indent: string): string {
  const { schema, key, required, siblings, oneNeeded, loaderOnly } = prop;
  const deprecated = schema.deprecated || schema['x-unused'];
  const facts = [
    schema['x-unit'] && `Unit: ${schema['x-unit']}.`,
    oneNeeded && `Needed, unless ${siblings.map(name => `\`${name}\``).join(' or ')} is given.`,
    siblings.length && `Not together with ${siblings.map(name => `\`${name}\``).join(', ')}, which is for the other type of value.`,
    schema['x-python-type'] === 'float' && 'A whole number is written with a decimal point, as Nodepool asks.',
    schema['x-null-allowed'] && 'The member `NULL` is written as null, which is the same as nothing.',
    loaderOnly && 'Nodepool reads this key, and `nodepool config-validate` refuses it.',
  ].filter(Boolean).join(' ');
  const tags = [
    !required && `@default ${defaultOf(schema)}`,
    deprecated && `@deprecated ${schema['x-unused'] ? `${schema['x-unused']}.` : translated(schema.description, struct.props)}`,
    key !== undefined && `@schema ${key}`,
  ].filter(Boolean).join('\n');
  const description = schema.description.replace(/ Written with a decimal point: [\d.]+\.$/, '');
  return comment([translated(description, struct.props), facts, tags], indent);
}

/** The comment of a member of an enum. */
export function enumDoc(value: string, indent: string): string {
  return comment([value === 'null' ? 'Null: the same as leaving it out.' : `\`${value}\`.`], indent);
}

/** What happens without a value: the default, or what the description says of its absence. */
function defaultOf(schema: Json): string {
  if (schema.code !== undefined) { return schema.code; }
  const [, before, after] = /(?:^|[.;,] )([^.;]+?),? when absent|when absent ([^.;]+)/.exec(schema.description ?? '') ?? [];
  return `- ${(before ?? after ?? 'the key is not written').replace(/^[A-Z](?![A-Z])/, first => first.toLowerCase())}`;
}

/** Names of keys in a text, as the props are called. */
function translated(text: string, props: readonly Prop[]): string {
  return text.replace(/`([a-z0-9_-]+)`/g, (quoted, key: string) => `\`${props.find(prop => prop.key === key)?.name ?? quoted.slice(1, -1)}\``);
}

function names(keys: readonly string[], props: readonly Prop[]): string {
  return keys.map(key => `\`${props.find(prop => prop.key === key)?.name ?? key}\``).join(', ');
}

function code(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function comment(paragraphs: readonly string[], indent: string): string {
  const texts = paragraphs.filter(text => text).map(text => text.replace(/\*\//g, '* /'));
  const single = `${indent}/** ${texts[0]} */`;
  if (texts.length === 1 && single.length <= WIDTH) { return single; }
  const lines = texts.flatMap((text, index) => [...(index ? [''] : []), ...text.split('\n').flatMap(line => wrapped(line, WIDTH - indent.length - 3))]);
  return [`${indent}/**`, ...lines.map(line => `${indent} *${line && ` ${line}`}`), `${indent} */`].join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = lines[lines.length - 1] && `${lines[lines.length - 1]} ${word}`;
    if (!longer) { lines[lines.length - 1] = word; } else if (longer.length <= width) { lines[lines.length - 1] = longer; } else { lines.push(word); }
  }
  return lines;
}
