import { SecretContents } from './secret-contents';
import { readYaml, YamlValue } from '../config/yaml';

/** The names in the files of a Secret whose values are readable. A file that cannot be read has none. */
export function visibleNames(values: Record<string, unknown>): SecretContents {
  const clouds = values['clouds.yaml'] ?? values['cloud.yaml'];
  return {
    ...(typeof clouds === 'string' ? { clouds: cloudNames(clouds) } : {}),
    ...(typeof values['kube.config'] === 'string' ? { contexts: contextNames(values['kube.config']) } : {}),
    ...(typeof values['aws.config'] === 'string' ? { awsProfiles: profileNames(values['aws.config']) } : {}),
  };
}

function cloudNames(text: string): string[] {
  const clouds = partOf(text, 'clouds');
  return clouds instanceof Map ? texts([...clouds.keys()]) : [];
}

function contextNames(text: string): string[] {
  const contexts = partOf(text, 'contexts');
  return texts((Array.isArray(contexts) ? contexts : []).map(context => context instanceof Map ? context.get('name') : undefined));
}

function partOf(text: string, key: string): YamlValue | undefined {
  try {
    const { data } = readYaml(text);
    return data instanceof Map ? data.get(key) : undefined;
  } catch {
    return undefined;
  }
}

function texts(values: (YamlValue | undefined)[]): string[] {
  return values.filter((value): value is string => typeof value === 'string');
}

/** The sections of a file that is both boto's configuration and its credentials: "[profile x]" of the one and "[x]" of the other. */
function profileNames(text: string): string[] {
  const sections = [...text.matchAll(/^[ \t]*\[([^\]\n]+)\]/gm)].map(([, section]) => section.trim());
  return [...new Set(sections.map(section => section.replace(/^profile\s+/, '').replace(/^(["'])(.*)\1$/, '$2')))];
}
