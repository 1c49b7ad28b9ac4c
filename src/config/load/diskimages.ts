import { keyText, Located } from '../located';
import { areHashable, canUpdateMap, isHashable, iterate } from '../python';
import { keyIdentity, YamlEnvText, YamlValue } from '../yaml';
import { Loading } from './loading';

/** Loads the diskimages of the top level; only those that are built inherit anything. */
export function loadDiskimages(list: Located | undefined, loading: Loading): void {
  loading.diskimages.addUnknownOf(list);
  loading.allDiskimages.addUnknownOf(list);
  const images = new Map<unknown, Located>();
  const built: Located[] = [];
  for (const image of loading.eachIfAny(list)) {
    if (!loading.isMap(image)) { continue; }
    const name = loading.need(image, 'name');
    if (!loading.hash(name)) { continue; }
    images.set(keyIdentity(name.value), image);
    loading.allDiskimages.add(name.value);
    const abstract = image.get('abstract');
    if (abstract?.isTruthy && !abstract.isUnknown) {
      loading.abstractDiskimages.add(name.value);
    } else {
      built.push(image);
      loading.diskimages.add(name.value);
      if (abstract?.isUnknown) { loading.diskimages.addUnknown(); }
    }
  }
  const inheritance = new Inheritance(images, loading);
  built.forEach(image => inheritance.load(image));
}

/** Python gives up at its recursion limit of 1000 calls, of which loading has some already. */
const MAX_ANCESTORS = 980;

class Inheritance {
  /** What is loaded, with how many ancestors it has. */
  private readonly loaded = new Map<YamlValue, number>();
  private tooLong = false;

  constructor(private readonly images: ReadonlyMap<unknown, Located>, private readonly loading: Loading) {}

  /** Loads an image and its ancestors. */
  public load(image: Located): void {
    const chain = new Map<YamlValue, Located>();
    let current: Located | undefined = image;
    for (; current && !this.loaded.has(current.value); current = this.parentOf(current)) {
      if (chain.has(current.value)) {
        const all = [...chain.keys()];
        this.circular([...chain.values()].slice(all.indexOf(current.value)));
        current = undefined;
        break;
      }
      chain.set(current.value, current);
    }
    let ancestors = (current ? this.loaded.get(current.value)! + 1 : 0) + chain.size;
    for (const ancestor of chain.values()) {
      this.loaded.set(ancestor.value, --ancestors);
      this.values(ancestor);
    }
    if (this.loaded.get(image.value)! > MAX_ANCESTORS) { this.endless(image); }
  }

  /** Says once that there are too many ancestors: what descends from there has even more. */
  private endless(image: Located): void {
    if (this.tooLong) { return; }
    this.tooLong = true;
    const message = `diskimage "${keyText(image.get('name')!.value)}" has more than ${MAX_ANCESTORS} ancestors, which are too many for Nodepool to follow`;
    this.loading.fail('parent-cycle', image.get('parent')!, message, 'leave out one "parent"');
  }

  private parentOf(image: Located): Located | undefined {
    const parent = image.get('parent');
    if (!parent?.isTruthy || parent.isUnknown || !isHashable(parent.value)) {
      if (parent?.isTruthy) { this.loading.hash(parent); }
      return undefined;
    }
    const found = this.images.get(keyIdentity(parent.value));
    if (!found && this.loading.allDiskimages.lacks(parent.value)) { undefinedParent(parent, 'loader', this.loading); }
    return found;
  }

  private circular(circle: readonly Located[]): void {
    const names = circle.map(image => keyText(image.get('name')!.value));
    const message = `diskimage "${names[0]}" is its own ancestor (${[...names, names[0]].join(' -> ')})`;
    this.loading.fail('parent-cycle', circle[0].get('parent')!, message, 'leave out one "parent"');
  }

  /** What is inherited, and must be of a kind that can be added up. */
  private values(image: Located): void {
    const { loading } = this;
    const elements = image.get('elements');
    const names = elements && iterate(elements.value);
    if (elements && !elements.isUnknown && !names?.every(name => typeof name === 'string' || name instanceof YamlEnvText)) {
      loading.wrongKind(elements, 'a list of texts');
    }
    const variables = image.get('env-vars');
    if (variables && !canUpdateMap(variables.value)) { loading.wrongKind(variables, 'a map'); }
    for (const key of ['formats', 'keep-formats']) {
      const formats = image.get(key);
      if (formats?.isTruthy && !formats.isUnknown && !areHashable(formats.value)) { loading.wrongKind(formats, 'a list of texts'); }
    }
  }
}

/** Notes a parent that does not exist. */
export function undefinedParent(parent: Located, by: 'loader' | 'validator', loading: Loading): void {
  const name = keyText(parent.value);
  loading.report.refuse(by, { rule: 'undefined-parent', at: parent, message: `parent "${name}" is not defined`, remedy: loading.allDiskimages.remedy(name) });
}
