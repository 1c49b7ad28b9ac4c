import { hints } from '../hints';
import { HintContext } from '../hints/hint';
import { load } from '../load/load';
import { Loading } from '../load/loading';
import { Located } from '../located';
import { Places } from '../places';
import { MAX_LENGTH, readBothDialects, tooLong, YamlDocument, YamlError, YamlSource } from '../yaml';
import { crossCheck } from './cross-checks';
import { CheckOptions, Finding, FindingSeverity } from './finding';
import { KIND_RULES, Refusal, Report } from './report';
import { substitute } from './substitute';
import { duplicateKeys, unsetVariables } from './text-findings';
import { validate } from './validate';

/** Checks the text of a `nodepool.yaml`. */
export function checkText(text: string, options: CheckOptions): Finding[] {
  const { text: substituted, length, original } = substitute(text, options.env ?? {}, MAX_LENGTH);
  if (substituted === undefined) { return [yamlFinding(tooLong(length), ['validator', 'loader'])]; }
  const source = new YamlSource(substituted, options.file, { text, original });
  const { libyaml, python } = readBothDialects(source);
  const readings = libyaml === python || (libyaml instanceof YamlError && python instanceof YamlError)
    ? [readingOf(libyaml, ['validator', 'loader'], options)]
    // Two readings of one text: the validator judges one, and the daemons load the other.
    : [readingOf(python, ['validator'], options), readingOf(libyaml, ['loader'], options)];
  const root = readings.find(reading => reading.root)?.root;
  return [...together(readings.map(({ findings }) => findings)), ...unsetVariables(source, root)].sort(byPlace);
}

/** What one loader reads of a text, and what there is to say of it. */
interface Reading {
  readonly root?: Located;
  readonly findings: readonly Finding[];
}

function readingOf(document: YamlDocument | YamlError, readers: readonly Refusal[], options: CheckOptions): Reading {
  if (document instanceof YamlError) { return { findings: [yamlFinding(document, readers)] }; }
  const places = new Places();
  places.add(document);
  const report = new Report();
  const root = Located.root(document.data, places);
  inspect(root, report, readers, options);
  const loads = readers.includes('loader');
  if (loads) { hints(true)(new HintContext(root, report, options.role)); }
  const findings = report.findings().map(({ finding, place }) => (place ? finding : { ...finding, line: 1, column: 1 }));
  return { root, findings: loads ? [...duplicateKeys(document.duplicates, root, places), ...findings] : findings };
}

/** Makes one finding of what both readings of a text have. */
function together([first, second]: ReadonlyArray<readonly Finding[]>): readonly Finding[] {
  if (!second) { return first; }
  const faultOf = ({ line, column, path, rule, message }: Finding) => JSON.stringify([line, column, path, KIND_RULES.has(rule) ? '' : `${rule} ${message}`]);
  const others = new Map(second.filter(({ loader }) => loader).map(finding => [faultOf(finding), finding]));
  const merged = new Set<Finding>();
  const both = first.map(finding => {
    const other = others.get(faultOf(finding));
    if (!other) { return finding; }
    merged.add(other);
    return { ...finding, severity: other.severity, loader: true };
  });
  return [...both, ...second.filter(finding => !merged.has(finding))];
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

function yamlFinding(error: YamlError, readers: readonly Refusal[]): Finding {
  const { line, column, problem } = error;
  const loader = readers.includes('loader');
  const message = loader ? problem : `${problem}: Nodepool's daemons read it, "nodepool config-validate" refuses it`;
  return {
    severity: FindingSeverity.ERROR, line, column, path: '', rule: 'invalid-yaml', message, remedy: error.remedy ?? 'mend it', validator: readers.includes('validator'), loader,
  };
}

function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column;
}
