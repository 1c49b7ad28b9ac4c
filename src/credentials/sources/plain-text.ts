import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { readYaml, YamlError } from '../../config/yaml';
import { checkAll, fail } from '../../workload/errors';
import { SecretContents } from '../secret-contents';
import { checkSecretKey, checkSecretMap, copied, SecretKind, SecretRequest, secretType } from '../secret-kind';
import { visibleNames } from '../visible-names';

/** What the API server takes of all values together. */
const MOST_BYTES = 1024 * 1024;

/** What openstacksdk reads as YAML, and the API server as JSON. */
const YAML_FILES = ['clouds.yaml', 'cloud.yaml'];
const JSON_FILE = '.dockerconfigjson';

/** A Secret whose values are in Git. */
export class PlainTextSecret implements SecretKind {
  private readonly data: Record<string, string>;

  constructor(data: { [key: string]: string }) {
    this.data = copied(data) ?? {};
  }

  public values(): Record<string, string> {
    return this.data;
  }

  public check(scope: Construct, request: SecretRequest): SecretContents {
    const { prop } = request;
    checkSecretMap(scope, prop, this.data);
    const keys = Object.keys(this.data);
    if (keys.length === 0) { fail(scope, `'${prop}' is plainTextInGit without any key; give at least one value`); }
    checkAll(keys.map(key => () => {
      checkSecretKey(scope, prop, key);
      if (typeof this.data[key] !== 'string') { fail(scope, `'${prop}.${key}' must be a string, got a value of type ${typeof this.data[key]}`); }
      checkReadable(scope, `${prop}.${key}`, key, this.data[key]);
    }));
    const bytes = Object.values(this.data).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
    if (bytes > MOST_BYTES) { fail(scope, `'${prop}' has ${bytes} bytes, and a Secret holds at most ${MOST_BYTES}; leave some of it out`); }
    return { keys, ...visibleNames(this.data) };
  }

  public render(scope: Construct, id: string, request: SecretRequest): { secretName: string; object: ApiObject } {
    const { name, labels, annotations } = request;
    const object = new ApiObject(scope, id, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels, annotations },
      type: secretType(request),
      // data, not stringData: the API server keeps only the former, so that what is applied reads back the same.
      data: Object.fromEntries(Object.entries(this.data).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')])),
    });
    return { secretName: name, object };
  }
}

/** Refuses a file that its reader will refuse; what stands in it is not shown. */
function checkReadable(scope: IConstruct, prop: string, key: string, text: string): void {
  if (YAML_FILES.includes(key)) {
    try {
      readYaml(text);
    } catch (error) {
      fail(scope, `'${prop}' is no YAML with one document${error instanceof YamlError ? ` (line ${error.line})` : ''}; Nodepool could not read it`);
    }
  }
  if (key === JSON_FILE) {
    try {
      JSON.parse(text);
    } catch {
      fail(scope, `'${prop}' is no JSON, which the API server refuses; give what docker writes to config.json`);
    }
  }
}
