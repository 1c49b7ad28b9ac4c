import { hints } from '../hints';
import { HintContext } from '../hints/hint';
import { load } from '../load/load';
import { Loading } from '../load/loading';
import { Located } from '../located';
import { Places } from '../places';
import { readBothDialects, YamlDocument, YamlError, YamlProblem, YamlSource } from '../yaml';
import { crossCheck } from './cross-checks';
import { CheckOptions, Finding, FindingSeverity } from './finding';
import { Refusal, Report } from './report';
import { substitute } from './substitute';
import { validate } from './validate';

/** Checks the text of a `nodepool.yaml`. */
export function checkText(text: string, options: CheckOptions): Finding[] {
  const { text: substituted, original } = substitute(text, options.env ?? {});
  const source = new YamlSource(substituted, options.file, { text, original });
  const unset = unsetVariables(substituted, source);
  const { libyaml, python } = readBothDialects(source);
  if (libyaml instanceof YamlError && python instanceof YamlError) { return [yamlFinding(libyaml, ['validator', 'loader']), ...unset].sort(byPlace); }
  if (libyaml === python) { return [...readingOf(libyaml, ['validator', 'loader'], options), ...unset].sort(byPlace); }
  // Two readings of one text: the validator judges one, and the daemons load the other.
  return [...readingOf(python, ['validator'], options), ...readingOf(libyaml, ['loader'], options), ...unset].sort(byPlace);
}

function readingOf(document: YamlDocument | YamlError, readers: readonly Refusal[], options: CheckOptions): Finding[] {
  if (document instanceof YamlError) { return [yamlFinding(document, readers)]; }
  const places = new Places();
  places.add(document);
  const report = new Report();
  const root = Located.root(document.data, places);
  inspect(root, report, readers, options);
  const loads = readers.includes('loader');
  if (loads) { hints(true)(new HintContext(root, report, options.role)); }
  const findings = report.findings().map(({ finding, place }) => (place ? finding : { ...finding, line: 1, column: 1 }));
  return loads ? [...document.duplicates.map(duplicateKey), ...findings] : findings;
}

/** Finds what is refused. */
export function inspect(root: Located, report: Report, readers: readonly Refusal[], options: CheckOptions): void {
  const loading = new Loading(report, { clouds: options.clouds });
  const loads = readers.includes('loader');
  const validates = readers.includes('validator');
  if (validates) { validate(root, report); }
  // What is defined has to be known for the cross checks too.
  load(root, loads ? loading : loading.silent());
  if (validates) { crossCheck(root, loading); }
}

/** Variables that stay in the text as they are written. */
function unsetVariables(text: string, source: YamlSource): Finding[] {
  const seen = new Set<string>();
  return Array.from(text.matchAll(/%\((NODEPOOL_\w*)\)/g)).flatMap(({ 0: variable, 1: name, index }) => {
    if (seen.has(name)) { return []; }
    seen.add(name);
    const place = source.place(index);
    const message = `the variable ${name} is not set, so ${variable} stays in the text as it is`;
    return [{ severity: FindingSeverity.WARNING, ...place, path: '', rule: 'unset-variable', message, remedy: 'say in "env" what Nodepool finds in its environment', validator: false, loader: false }];
  });
}

function yamlFinding(error: YamlError, readers: readonly Refusal[]): Finding {
  const { line, column, problem } = error;
  const loader = readers.includes('loader');
  const message = loader ? problem : `${problem}: Nodepool's daemons read it, "nodepool config-validate" refuses it`;
  return {
    severity: FindingSeverity.ERROR, line, column, path: '', rule: 'invalid-yaml', message, remedy: error.remedy ?? 'mend it', validator: readers.includes('validator'), loader,
  };
}

function duplicateKey({ line, column, problem, remedy }: YamlProblem): Finding {
  return { severity: FindingSeverity.WARNING, line, column, path: '', rule: 'duplicate-key', message: problem, remedy: remedy ?? '', validator: false, loader: false };
}

function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column;
}
