import { Diskimage } from '../config';
import { shown } from '../workload/checks';

/** The command, under the name that it has in the images of the Software Factory too. */
const COMMAND = '/usr/local/bin/dib-ansible';

/** What dib-ansible builds. */
const FORMATS = ['qcow2', 'raw'];

/** A diskimage that Ansible builds: `dibCmd` is set, and `elements` are no more than the variable `dib_elements` of the playbook. */
export interface AnsibleDiskimage extends Diskimage {
  /** The playbook that builds it, one of the builder's `playbooks`. */
  readonly playbook: string;
}

/** Entries of `diskimages` in nodepool.yaml that are built in other ways than by disk-image-create. */
export class Diskimages {
  /**
   * A diskimage that `dib-ansible` builds on another machine: for `new NodepoolConfig({ diskimages: [ … ] })` and `addDiskimage`.
   *
   * Raises an error without a playbook, for a `dibCmd`, and for other formats than `qcow2` and `raw`.
   *
   * @param options the diskimage and its playbook; `formats` are `qcow2` unless given, or left to a `parent`
   */
  public static ansible(options: AnsibleDiskimage): Diskimage {
    if (typeof options !== 'object' || options === null) { throw new Error(`Diskimages.ansible: needs a map with 'name' and 'playbook', got ${shown(options)}`); }
    const { playbook, ...diskimage } = options;
    const where = `Diskimages.ansible(${shown(options.name)})`;
    const problems: string[] = [];
    if (typeof playbook !== 'string' || !/^[A-Za-z0-9_][-A-Za-z0-9_./]*\.ya?ml$/.test(playbook) || playbook.split('/').includes('..')) {
      problems.push(`'playbook' must be the path of a playbook such as "debian.yaml", got ${shown(playbook)}`);
    }
    if (options.dibCmd !== undefined) { problems.push("'dibCmd' is what this sets; leave it out, or write the diskimage without Diskimages.ansible"); }
    const formats = options.formats ?? (options.parent === undefined ? ['qcow2'] : undefined);
    if (formats !== undefined && !Array.isArray(formats)) { problems.push(`'formats' must be a list, such as ['raw'], got ${shown(formats)}`); }
    const unknown = (Array.isArray(formats) ? formats : []).filter(format => !FORMATS.includes(format));
    if (unknown.length > 0) { problems.push(`'formats' must be of ${FORMATS.join(', ')}, got ${unknown.map(shown).join(', ')}`); }
    if (problems.length > 0) { throw new Error(problems.map(problem => `${where}: ${problem}`).join('\n')); }
    return { ...diskimage, dibCmd: `${COMMAND} ${playbook}`, ...(formats ? { formats: [...formats] } : {}) };
  }

  private constructor() {}
}

/** A `dib-cmd` that is dib-ansible. */
export class AnsibleCall {
  /** Absent for another command. A playbook may come from the elements, or from an environment variable: then it is not known. */
  public static of(diskimage: string, command: string): AnsibleCall | undefined {
    const [program, ...words] = command.trim().split(/\s+/);
    if (program !== COMMAND && program !== 'dib-ansible') { return undefined; }
    const playbook = words.find(word => !word.startsWith('-'));
    return new AnsibleCall(diskimage, playbook?.includes('%(') ? undefined : playbook);
  }

  private constructor(public readonly diskimage: string, public readonly playbook: string | undefined) {}
}
