import { readFileSync } from 'node:fs';
import { Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { readYaml, YamlDocument, YamlError, YamlMap, YamlValue } from '../../config/yaml';
import { shown } from '../../workload/checks';
import { checkAll, fail } from '../../workload/errors';
import { declared, SecretContents } from '../secret-contents';
import { checkContents, checkSecretKey, SecretKind, SecretRequest, secretType } from '../secret-kind';

const ENCRYPTED = /^ENC\[AES256_GCM,data:[A-Za-z0-9+/]*={0,2},iv:[A-Za-z0-9+/]+={0,2},tag:[A-Za-z0-9+/]{22}==,type:(str|int|float|bool|bytes)\]$/;

/** What a Secret may have; anything else would be neither a Secret's field nor seen to be encrypted. */
const FIELDS = ['apiVersion', 'kind', 'metadata', 'type', 'immutable', 'data', 'stringData', 'sops'];

/** Holds a copy of what was applied, with its values. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const HOW = "encrypt it with sops --encrypt --encrypted-regex '^(data|stringData)$'";

/** An encrypted Secret in Git that is applied as it is. */
export class SopsSecret implements SecretKind {
  constructor(private readonly file: string, private readonly holds?: SecretContents) {}

  public check(scope: Construct, request: SecretRequest): SecretContents {
    const where = `'${request.prop}' (sops file ${fileName(this.file)})`;
    const { text, secret } = this.read(scope, where);
    checkAll([
      () => checkComments(scope, where, text),
      () => checkMetadata(scope, where, secret, request),
      () => checkBlock(scope, where, secret.get('sops')),
      ...['data', 'stringData'].map(field => () => checkValues(scope, where, field, secret.get(field))),
      () => checkContents(scope, `${request.prop}.holds`, this.holds),
    ]);
    const keys = ['data', 'stringData'].flatMap(field => keysOf(secret.get(field)));
    if (keys.length === 0) { fail(scope, `${where} has no value; put at least one under stringData, and ${HOW}`); }
    return declared({ keys: [...new Set(keys)] }, this.holds);
  }

  /** Nothing: the file is applied beside the manifests. Written again, its MAC would not fit. */
  public render(_scope: Construct, _id: string, { name }: SecretRequest): { secretName: string } {
    return { secretName: name };
  }

  private read(scope: IConstruct, where: string): { text: string; secret: YamlMap } {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      fail(scope, `${where} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no path'}); give the path of a file, relative to the working directory`);
    }
    let document: YamlDocument;
    try {
      // sops indents JSON by tabs, which YAML does not take; inside of its texts there is none.
      document = readYaml(text.trimStart().startsWith('{') ? text.replace(/\t/g, ' ') : text);
    } catch (error) {
      // not the reader's own words: they may hold a piece of the file.
      const place = error instanceof YamlError ? ` (line ${error.line})` : '';
      fail(scope, `${where} is no YAML or JSON with one document${place}; give a file for each Secret, as sops writes it`);
    }
    const { data, duplicates } = document;
    if (duplicates.length > 0) { fail(scope, `${where} has a key twice (line ${duplicates[0].line}), so that one of its values is not seen; remove one`); }
    if (!(data instanceof Map)) { fail(scope, `${where} is no manifest; give a file with one Secret, as sops writes it`); }
    return { text, secret: data };
  }
}

/** What looks like a path; anything else may be the contents, given in its place. */
function fileName(file: unknown): string {
  const path = typeof file === 'string' && !/[\n\r]/.test(file) && /^[^:]*$|^[A-Za-z]:\\/.test(file) && /[/\\]|\.(ya?ml|json|enc)$/.test(file);
  return path ? shown(file) : `${typeof file === 'string' ? `of ${file.length} characters` : `of type ${typeof file}`}, which is not shown`;
}

/** Refuses a Secret that the pods would not find. */
function checkMetadata(scope: IConstruct, where: string, secret: YamlMap, request: SecretRequest): void {
  const metadata = mapOf(secret.get('metadata'));
  const namespace = Chart.of(scope).namespace;
  const expect = (field: string, given: YamlValue | undefined, wanted: string, wantedBy: string) => {
    if (given === wanted) { return; }
    const problem = typeof given === 'string' && given.startsWith('ENC[') ? 'is encrypted, so that nobody finds the Secret by it' : `is ${brief(given)}`;
    fail(scope, `${where}: ${field} ${problem}; ${wantedBy} "${wanted}": change it in the plain file, and ${HOW}`);
  };
  const type = secret.get('type');
  checkAll([
    () => expect('apiVersion', secret.get('apiVersion'), 'v1', 'a Secret has'),
    () => expect('kind', secret.get('kind'), 'Secret', 'it must be a'),
    () => expect('metadata.name', metadata.get('name'), request.name, 'the pods look for'),
    () => { if (namespace !== undefined) { expect('metadata.namespace', metadata.get('namespace'), namespace, 'the pods look in'); } },
    () => { if (request.typeMatters || ![undefined, 'Opaque'].includes(type as string)) { expect('type', type, secretType(request), 'it must be'); } },
    () => {
      const unknown = [...secret.keys()].filter(key => !FIELDS.includes(String(key)));
      if (unknown.length > 0) { fail(scope, `${where} has ${unknown.map(brief).join(', ')}, which no Secret has; its values belong under stringData`); }
    },
    () => {
      if (mapOf(metadata.get('annotations')).has(LAST_APPLIED)) {
        fail(scope, `${where}: metadata.annotations has "${LAST_APPLIED}", in which the values stand unencrypted; remove it, change the values, and ${HOW}`);
      }
    },
  ]);
}

/** Refuses a file that sops did not finish: without a MAC and somebody who can decrypt it there is no way back. */
function checkBlock(scope: IConstruct, where: string, block: YamlValue | undefined): void {
  if (!(block instanceof Map)) { fail(scope, `${where} is not encrypted: it has no block "sops"; ${HOW}`); }
  const mac = block.get('mac');
  if (typeof mac !== 'string' || !ENCRYPTED.test(mac)) { fail(scope, `${where}: sops.mac is missing or no MAC; ${HOW}`); }
  if (![...block.values()].some(value => Array.isArray(value) && value.length > 0)) {
    fail(scope, `${where}: the block "sops" names no key that decrypts it (age, pgp, kms, …); ${HOW}`);
  }
}

/** Refuses each value that can be read; sops leaves an empty one as it is. */
function checkValues(scope: IConstruct, where: string, field: string, values: YamlValue | undefined): void {
  if (values === undefined) { return; }
  if (!(values instanceof Map)) { fail(scope, `${where}: ${field} is no map; ${HOW}`); }
  checkAll([...values].map(([key, value]) => () => {
    checkSecretKey(scope, `${where}: ${field}`, String(key));
    if (value === '') { return; }
    const type = typeof value === 'string' ? ENCRYPTED.exec(value)?.[1] : undefined;
    if (type === undefined) { fail(scope, `${where}: ${field}.${String(key)} is not encrypted (the value is not shown); change the value, and ${HOW}`); }
    if (type !== 'str') { fail(scope, `${where}: ${field}.${String(key)} was encrypted as ${type}, and a Secret holds texts; quote it in the plain file, and ${HOW}`); }
  }));
}

/** Refuses comments among the values: sops encrypts those that are there, and does not see those that are added later. */
function checkComments(scope: IConstruct, where: string, text: string): void {
  let field = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    field = /^["']?(\w+)["']?\s*:/.exec(line)?.[1] ?? field;
    if (['data', 'stringData'].includes(field) && /^\s+#(?!ENC\[)/.test(line)) {
      fail(scope, `${where}: line ${index + 1} is a comment under ${field} that is not encrypted, and is not shown; remove it: it may be a value`);
    }
  }
}

function keysOf(values: YamlValue | undefined): string[] {
  return [...mapOf(values).keys()].map(String);
}

function mapOf(value: YamlValue | undefined): YamlMap {
  return value instanceof Map ? value : new Map();
}

/** A name as it stands there; anything but a text is no name. */
function brief(value: YamlValue | undefined): string {
  return value === undefined ? 'missing' : typeof value === 'string' ? shown(value) : 'no text';
}
