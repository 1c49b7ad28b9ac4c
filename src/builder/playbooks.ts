import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { checkedGit, GitPlaybooks } from './git-playbooks';
import { shown } from '../workload/checks';

/** Keys of a ConfigMap are shorter than this. */
const LONGEST_KEY = 253;

/**
 * Ansible playbooks that build images, with their roles and whatever else they need. `dib-ansible` runs them.
 */
export class Playbooks {
  /**
   * Files as texts, by their paths, such as `debian.yaml` and `roles/base/tasks/main.yaml`. They become a ConfigMap: 1 MiB at the most.
   *
   * Raises an error when a path is not relative or also a folder's, for a private key, and without any playbook (a file at the top that ends in
   * .yaml or .yml).
   *
   * @param files the texts by their paths
   */
  public static fromFiles(files: { [path: string]: string }): Playbooks {
    if (typeof files !== 'object' || files === null || Array.isArray(files)) {
      throw new Error(`Playbooks.fromFiles: needs a map of texts by their paths, got ${Array.isArray(files) ? 'a list' : `a value of type ${typeof files}`}`);
    }
    return new Playbooks(checkedFiles('fromFiles', { ...files }));
  }

  /**
   * A directory, read when the app is synthesized; what begins with a dot stays out. It becomes a ConfigMap: 1 MiB at the most, texts alone.
   *
   * Raises an error when the directory cannot be read, holds a file that is no text (UTF-8), a private key, a link that leads out of it, or no
   * playbook at its top.
   *
   * @param directory relative to the working directory
   */
  public static fromDirectory(directory: string): Playbooks {
    const where = `fromDirectory(${shown(directory)})`;
    if (typeof directory !== 'string') { throw new Error(`Playbooks.${where}: needs a directory, relative to the working directory`); }
    return new Playbooks(checkedFiles(where, filesOf(where, directory)));
  }

  /**
   * A checkout of a Git repository, made when the builder's pod starts: for playbooks with many or large files. A branch that has moved is
   * seen when the pod is replaced.
   *
   * Raises an error for what is no address of a repository, and for one that holds a password.
   *
   * @param options which repository, and what of it
   */
  public static fromGit(options: GitPlaybooks): Playbooks {
    return new Playbooks(undefined, checkedGit(options));
  }

  /**
   * @internal
   */
  public readonly _files?: { readonly [path: string]: string };

  /**
   * @internal
   */
  public readonly _git?: GitPlaybooks;

  private constructor(files?: { [path: string]: string }, git?: GitPlaybooks) {
    this._files = files;
    this._git = git;
  }
}

/** The keys of a ConfigMap for files in folders: readable, and each another one. */
export function configMapKeys(paths: readonly string[]): Map<string, string> {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  for (const path of [...paths].sort()) {
    const readable = path.replace(/\//g, '.').replace(/[^-._a-zA-Z0-9]/g, '_').slice(-(LONGEST_KEY - 8)).replace(/^\.+/, '');
    let key = readable;
    for (let number = 2; taken.has(key); number++) { key = `${readable}-${number}`; }
    taken.add(key);
    keys.set(path, key);
  }
  return keys;
}

function checkedFiles(where: string, files: { [path: string]: string }): { [path: string]: string } {
  const problems = Object.entries(files).flatMap(([path, text]) => {
    const parts = path.split('/');
    if (path.startsWith('/') || parts.some(part => part === '' || part === '.' || part.startsWith('..')) || /[\\\u0000-\u001f\u007f]/.test(path)) {
      return [`${shown(path)} must be a path without a '/' at its beginning and end, '.' and '..', '\\' and control characters`];
    }
    const file = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/')).find(folder => folder in files);
    if (file !== undefined) { return [`${shown(file)} is a file, and the folder of ${shown(path)}; it cannot be both`]; }
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----|PuTTY-User-Key-File/.test(String(text))) {
      return [`${shown(path)} holds a private key, which would be readable in Git; encrypt it with ansible-vault, or bring it in a Secret`];
    }
    return typeof text === 'string' ? [] : [`${shown(path)} must be a text, got a value of type ${typeof text}; read a file with readFileSync(path, 'utf8')`];
  });
  if (problems.length === 0 && !Object.keys(files).some(path => /^[^/]+\.ya?ml$/.test(path) && !/^inventory\.ya?ml$/.test(path))) {
    problems.push('holds no playbook; put at least one file that ends in .yaml or .yml at the top');
  }
  if (problems.length > 0) { throw new Error(problems.map(problem => `Playbooks.${where}: ${problem}`).join('\n')); }
  return files;
}

function filesOf(where: string, directory: string, below = ''): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (const name of entriesOf(where, join(directory, below))) {
    if (name.startsWith('.') || name === '__pycache__') { continue; }
    const path = below === '' ? name : `${below}/${name}`;
    if (path.split('/').length > 20) { throw new Error(`Playbooks.${where}: ${shown(path)} is more than 20 folders deep; does a link lead back?`); }
    if (isFolder(where, directory, path)) {
      Object.assign(files, filesOf(where, directory, path));
    } else {
      files[path] = textOf(where, directory, path);
    }
  }
  return files;
}

/** Whether it is a directory; a link may lead to what is in the directory anyway, and nowhere else: what it shows would be in Git. */
function isFolder(where: string, directory: string, path: string): boolean {
  let real: string;
  try {
    real = realpathSync(join(directory, path));
  } catch (error) {
    throw new Error(`Playbooks.${where}: ${shown(path)} cannot be read (${(error as NodeJS.ErrnoException).code}); if it is a link, what it names is not there`);
  }
  const top = realpathSync(directory);
  if (!`${real}${sep}`.startsWith(top.endsWith(sep) ? top : `${top}${sep}`)) {
    throw new Error(`Playbooks.${where}: ${shown(path)} is a link that leads out of the directory; put the file itself there`);
  }
  return statSync(real).isDirectory();
}

function entriesOf(where: string, directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    throw new Error(`Playbooks.${where}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no path'}); give a directory, relative to the working directory`);
  }
}

function textOf(where: string, directory: string, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(join(directory, path)));
  } catch {
    throw new Error(`Playbooks.${where}: ${shown(path)} is no text in UTF-8; leave it out, or take the playbooks from Git (Playbooks.fromGit)`);
  }
}
