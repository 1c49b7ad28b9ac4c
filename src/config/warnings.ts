import { Located } from './located';
import { describePlace, describeProblem, Problem } from './problem';
import { YamlProblem } from './yaml';

/** What Nodepool accepts and hardly anybody means, found in the data. */
export function findOddities(config: Located): Problem[] {
  return [...repeatedNames(config, 'labels', 'label'), ...repeatedNames(config, 'providers', 'provider')];
}

/** Items of which Nodepool silently keeps the last. */
function repeatedNames(config: Located, list: string, what: string): Problem[] {
  const first = new Map<string, Located>();
  return config.items(list).flatMap(item => {
    const name = item.get('name');
    if (name?.text === undefined) { return []; }
    const before = first.get(name.text);
    if (!before) {
      first.set(name.text, name);
      return [];
    }
    const where = before.place ? `, first at ${describePlace(before.place)}` : '';
    return [{ path: item.path, place: name.place, text: `${what} "${name.text}" is defined twice${where}; Nodepool keeps the last` }];
  });
}

/** What reading a text brought up, as a line for people. */
export function describeYamlProblem(problem: YamlProblem): string {
  return describeProblem({ place: problem, text: problem.problem + (problem.remedy ? `; ${problem.remedy}` : '') });
}

/** What `nodepool config-validate` refuses although the daemons read it. */
export function describeValidatorOnly(problem: YamlProblem): string {
  const text = `${problem.problem}: Nodepool's daemons read it, "nodepool config-validate" refuses it`;
  return describeProblem({ place: problem, text: text + (problem.remedy ? `; ${problem.remedy}` : '') });
}
