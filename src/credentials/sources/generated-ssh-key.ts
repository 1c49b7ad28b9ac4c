import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { checkPartName, shown } from '../../workload/checks';
import { fail } from '../../workload/errors';
import { checkKnownProps, propsOf } from '../../workload/known-props';
import { SecretContents } from '../secret-contents';
import { SecretKind, SecretRequest } from '../secret-kind';

/** Options of `SshKeyPair.generatedByExternalSecrets`. */
export interface GeneratedSshKeyOptions {
  /**
   * Names the key that is used; at most 20 of a-z, 0-9 and '-'. Another one is another key, in the Secret `<instance>-builder-ssh-key-<revision>`:
   * a key that is there is never made again.
   *
   * @default - the Secret is `<instance>-builder-ssh-key`
   */
  readonly revision?: string;

  /**
   * Makes the key of this revision too, before it is used: its public part can be given to the machines while the present one still works.
   *
   * @default - no other key is made
   */
  readonly nextRevision?: string;

  /**
   * The comment at the end of the public key.
   *
   * @default - the name of the Secret
   */
  readonly comment?: string;
}

const OPTIONS = propsOf<GeneratedSshKeyOptions>({ revision: true, nextRevision: true, comment: true });

const GENERATORS = 'generators.external-secrets.io/v1alpha1';

/** An ssh key that the SSHKey generator of External Secrets makes. */
export class GeneratedSshKey implements SecretKind {
  private readonly options: GeneratedSshKeyOptions;

  constructor(options: GeneratedSshKeyOptions) {
    this.options = { ...options };
  }

  public check(scope: Construct, request: SecretRequest): SecretContents {
    const { prop, requiredKeys = [] } = request;
    const { revision, nextRevision, comment } = this.options;
    if (!requiredKeys.includes('priv')) { fail(scope, `'${prop}' is an ssh key, which only 'sshKey' takes; give another SecretSource`); }
    checkKnownProps(scope, prop, this.options, OPTIONS);
    checkRevision(scope, `${prop}.revision`, revision);
    checkRevision(scope, `${prop}.nextRevision`, nextRevision);
    if (nextRevision !== undefined && nextRevision === revision) {
      fail(scope, `'${prop}.nextRevision' is ${shown(nextRevision)}, the present revision; give another one, or leave it out when the change is done`);
    }
    if (comment !== undefined && (typeof comment !== 'string' || /[\r\n]/.test(comment))) { fail(scope, `'${prop}.comment' must be a text in one line`); }
    return { keys: ['priv', 'pub'] };
  }

  public render(scope: Construct, id: string, request: SecretRequest): { secretName: string; object: ApiObject } {
    const { revision, nextRevision } = this.options;
    if (nextRevision !== undefined) { this.addKey(scope, `${id}-Next`, request, nextRevision); }
    const object = this.addKey(scope, id, request, revision);
    return { secretName: object.name, object };
  }

  private addKey(scope: Construct, id: string, request: SecretRequest, revision: string | undefined): ApiObject {
    const name = revision === undefined ? request.name : `${request.name}-${revision}`;
    const metadata = { name, labels: request.labels, annotations: request.annotations };
    const generator = new ApiObject(scope, `${id}-Generator`, {
      apiVersion: GENERATORS,
      kind: 'SSHKey',
      metadata,
      spec: { keyType: 'ed25519', comment: this.options.comment ?? name },
    });
    return new ApiObject(scope, id, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata,
      spec: {
        // a generator makes another key whenever it is asked: once, into a Secret that is nobody's and cannot be changed.
        refreshInterval: '0s',
        refreshPolicy: 'CreatedOnce',
        target: {
          name,
          creationPolicy: 'Orphan',
          deletionPolicy: 'Retain',
          immutable: true,
          template: {
            type: 'Opaque',
            engineVersion: 'v2',
            mergePolicy: 'Replace',
            metadata: { labels: request.labels, ...(request.annotations ? { annotations: request.annotations } : {}) },
            data: { priv: '{{ .privateKey }}', pub: '{{ .publicKey }}' },
          },
        },
        dataFrom: [{ sourceRef: { generatorRef: { apiVersion: GENERATORS, kind: 'SSHKey', name: generator.name } } }],
      },
    });
  }
}

function checkRevision(scope: IConstruct, prop: string, revision: unknown): void {
  if (revision === undefined) { return; }
  if (typeof revision !== 'string') { fail(scope, `'${prop}' must be a text such as "2", got ${shown(revision)}`); }
  checkPartName(scope, prop, revision);
  if (revision.length > 20) { fail(scope, `'${prop}' must have at most 20 characters, got ${shown(revision)}`); }
}
