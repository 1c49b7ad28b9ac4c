import { describeProblem } from './problem';
import { YamlProblem } from './yaml';

/** What reading a text brought up, as a line for people. */
export function describeYamlProblem(problem: YamlProblem): string {
  return describeProblem({ place: problem, text: problem.problem + (problem.remedy ? `; ${problem.remedy}` : '') });
}

/** What `nodepool config-validate` refuses although the daemons read it. */
export function describeValidatorOnly(problem: YamlProblem): string {
  const text = `${problem.problem}: Nodepool's daemons read it, "nodepool config-validate" refuses it`;
  return describeProblem({ place: problem, text: text + (problem.remedy ? `; ${problem.remedy}` : '') });
}
