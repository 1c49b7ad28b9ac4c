import { copy, slotsOf } from './tree';
import { readYaml, writeYaml, YamlValue } from '../../../src/config/yaml';

/** Makes a text smaller as long as a question about it is answered with yes: first its data, then its lines. */
export async function shrink(text: string, stillDiffers: (text: string) => Promise<boolean>): Promise<string> {
  let best = text;
  const tree = parse(text);
  if (tree !== undefined && await stillDiffers(writeYaml(tree))) { best = writeYaml(await shrinkTree(tree, stillDiffers)); }
  return shrinkLines(best, stillDiffers);
}

function parse(text: string): YamlValue | undefined {
  try {
    return readYaml(text).data;
  } catch {
    return undefined;
  }
}

async function shrinkTree(tree: YamlValue, stillDiffers: (text: string) => Promise<boolean>): Promise<YamlValue> {
  let best = tree;
  for (let index = 0; ;) {
    const smaller = [copy(best)];
    const slot = slotsOf(smaller)[index + 1];
    if (!slot) { return best; }
    if (slot.container instanceof Map) { slot.container.delete(slot.key); } else { slot.container.splice(Number(slot.key), 1); }
    if (await stillDiffers(writeYaml(smaller[0]))) { best = smaller[0]; } else { index++; }
  }
}

async function shrinkLines(text: string, stillDiffers: (text: string) => Promise<boolean>): Promise<string> {
  let lines = text.split('\n');
  for (let index = 0; index < lines.length;) {
    const fewer = lines.filter((_, other) => other !== index);
    if (await stillDiffers(fewer.join('\n'))) { lines = fewer; } else { index++; }
  }
  return lines.join('\n');
}
