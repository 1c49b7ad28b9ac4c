import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { checkAll, fail } from '../../workload/errors';
import { SecretContents } from '../secret-contents';
import { checkSecretKey, SecretKind, SecretRequest, secretType } from '../secret-kind';
import { visibleNames } from '../visible-names';

/** A Secret whose values are in Git. */
export class PlainTextSecret implements SecretKind {
  private readonly data: Record<string, string>;

  constructor(data: { [key: string]: string }) {
    this.data = { ...data };
  }

  public values(): Record<string, string> {
    return this.data;
  }

  public check(scope: Construct, { prop }: SecretRequest): SecretContents {
    const keys = Object.keys(this.data);
    if (keys.length === 0) { fail(scope, `'${prop}' is plainTextInGit without any key; give at least one value`); }
    checkAll(keys.map(key => () => {
      checkSecretKey(scope, prop, key);
      if (typeof this.data[key] !== 'string') { fail(scope, `'${prop}.${key}' must be a string, got a value of type ${typeof this.data[key]}`); }
    }));
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
