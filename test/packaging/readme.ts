/** A program, and the files it reads beside it: their text if the README shows it. */
export interface ReadmeProgram {
  readonly name: 'main.ts' | 'main.js';
  readonly source: string;
  readonly files: Record<string, string | undefined>;
}

/** The first complete program of a README: a block that imports the library and calls `synth()`. */
export function smallestProgram(readme: string): ReadmeProgram {
  const blocks = [...readme.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));
  const program = blocks.find(({ language, text }) =>
    ['ts', 'js'].includes(language) && /(from |require\()'cdk8s-nodepool'/.test(text) && /\.synth\(\)/.test(text));
  if (!program) { throw new Error("the README has no ```ts or ```js block that imports 'cdk8s-nodepool' and calls synth()"); }
  const names = [...program.text.matchAll(/fromFile\((?:join\(__dirname, )?'([^']+)'/g)].map(([, name]) => name);
  const yaml = blocks.find(({ language, text }) => language === 'yaml' && /^(labels|providers):/m.test(text) && !/^apiVersion:/m.test(text));
  return {
    name: program.language === 'ts' ? 'main.ts' : 'main.js',
    source: program.text,
    files: Object.fromEntries(names.map(name => [name, yaml?.text])),
  };
}
