import { ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { NO_SUBSTITUTION } from '../../workload/annotations';
import { asset } from '../../workload/assets';
import { fileConfigMap } from '../../workload/config-map';
import { digest } from '../../workload/digest';
import { fail } from '../../workload/errors';
import { ContainerImage } from '../../workload/image';
import { manifest, plain, quantity } from '../../workload/plain';
import { checkImage } from '../../workload/pod-checks';
import { ServicePod } from '../../workload/service-pod';
import { SecretContents } from '../secret-contents';
import { SecretKind, SecretRequest } from '../secret-kind';
import { GeneratedSshKey, GeneratedSshKeyOptions } from './generated-ssh-key';

/** Options of `SshKeyPair.madeInCluster`. */
export interface MadeSshKeyOptions extends GeneratedSshKeyOptions {
  /**
   * An image with `python3` and `ssh-keygen`.
   *
   * @default - the builder's own image
   */
  readonly image?: ContainerImage;
}

const SCRIPTS_DIR = '/etc/nodepool-ssh-key';
const PASSWD_DIR = '/etc/nodepool-passwd';
const ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';
const RBAC = 'rbac.authorization.k8s.io';

/**
 * How the Job gets along with GitOps tools. It is a hook of Argo CD, in the same phase as all else: the namespace and the rights are there
 * before it, the builder waits for it, and it goes when it is done. Flux makes it anew where somebody patched what cannot be changed.
 */
const JOB_ANNOTATIONS: Record<string, string> = {
  'argocd.argoproj.io/hook': 'Sync',
  'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation,HookSucceeded',
  'kustomize.toolkit.fluxcd.io/force': 'enabled',
  ...NO_SUBSTITUTION,
};

/** An ssh key that a Job makes in the cluster. */
export class MadeSshKey implements SecretKind {
  private readonly options: MadeSshKeyOptions;

  constructor(options: MadeSshKeyOptions) {
    this.options = { ...options };
  }

  public check(scope: Construct, request: SecretRequest): SecretContents {
    const { image, ...options } = this.options;
    const contents = new GeneratedSshKey(options).check(scope, request);
    checkImage(scope, `${request.prop}.image`, image);
    // the account of a RoleBinding has a namespace, and none is filled in when it is applied.
    if (Chart.of(scope).namespace === undefined) { fail(scope, `'${request.prop}' is made by a Job, whose rights name a namespace; give the chart one`); }
    return contents;
  }

  public render(scope: Construct, id: string, request: SecretRequest): { secretName: string; object: ApiObject } {
    const { revision, nextRevision } = this.options;
    const secretName = nameOf(request, revision);
    const secrets = [secretName, ...(nextRevision === undefined ? [] : [nameOf(request, nextRevision)])];
    const name = `${request.name}-maker`;
    const part = new Construct(scope, id);
    const pod = request.pod!;
    const labels = { ...request.labels, 'run': name, 'app.kubernetes.io/component': 'ssh-key' };
    const scripts = fileConfigMap(part, 'Scripts', name, labels, {
      'make_key.py': asset('ssh/make_key.py'), 'prepare.py': asset('pod/prepare.py'), 'ca_bundle.py': asset('pod/ca_bundle.py'),
    });
    addRights(part, name, labels, secrets);
    return { secretName, object: this.addJob(part, name, labels, this.template(pod, name, secrets, request), scripts) };
  }

  /** Nothing of a Job's pod can be changed: another content has another name. */
  private addJob(part: Construct, name: string, labels: Record<string, string>, template: k8s.PodTemplateSpec, scripts: ApiObject): ApiObject {
    const hash = digest(JSON.stringify(plain(template)), JSON.stringify(scripts.toJson().data)).slice(0, 8);
    return new ApiObject(part, 'Resource', manifest<k8s.KubeJobProps>('batch/v1', 'Job', {
      metadata: { name: `${name}-${hash}`, labels, annotations: JOB_ANNOTATIONS },
      // no time after which it is deleted: Flux would make it again, for ever.
      spec: { backoffLimit: 10, completions: 1, parallelism: 1, completionMode: 'NonIndexed', suspend: false, template },
    }));
  }

  private template(pod: ServicePod, name: string, secrets: string[], request: SecretRequest): k8s.PodTemplateSpec {
    const image = (this.options.image === undefined ? pod.image : pod.mirrored(this.options.image)).toString();
    const resources = { requests: { cpu: quantity('10m'), memory: quantity('32Mi') }, limits: { cpu: quantity('500m'), memory: quantity('128Mi') } };
    const metadata = JSON.stringify({ labels: request.labels, annotations: request.annotations });
    const scripts = { name: 'scripts', mountPath: SCRIPTS_DIR, readOnly: true };
    return pod.besides(name, 'ssh-key', {
      restartPolicy: 'OnFailure',
      serviceAccountName: name,
      initContainers: [{
        // ssh-keygen knows no user that is not in /etc/passwd, and the user id is any.
        name: 'prepare',
        image,
        command: ['python3', `${SCRIPTS_DIR}/prepare.py`, '--passwd-out', `${PASSWD_DIR}/passwd`, '--home', '/tmp'],
        resources,
        volumeMounts: [scripts, { name: 'passwd', mountPath: PASSWD_DIR }],
      }],
      containers: [{
        name: 'make-key',
        image,
        command: [
          'python3', `${SCRIPTS_DIR}/make_key.py`, ...secrets.flatMap(secret => ['--secret', secret]),
          // in one word, since a comment may begin with '-'.
          ...(this.options.comment === undefined ? [] : [literal(`--comment=${this.options.comment}`)]), '--metadata', literal(metadata),
        ],
        env: [{ name: 'HOME', value: '/tmp' }],
        resources,
        volumeMounts: [
          scripts,
          { name: 'passwd', mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'account', mountPath: ACCOUNT_DIR, readOnly: true },
        ],
      }],
      volumes: [
        { name: 'scripts', configMap: { name, defaultMode: 0o444 } },
        { name: 'passwd', emptyDir: { sizeLimit: quantity('8Mi') } },
        // the key is in it for a moment: memory, so that no disk keeps it.
        { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: quantity('8Mi') } },
        accountVolume(),
      ],
    });
  }
}

function nameOf(request: SecretRequest, revision: string | undefined): string {
  return revision === undefined ? request.name : `${request.name}-${revision}`;
}

/** An argument that kubelet, which puts variables in the place of $(…), leaves as it is. */
function literal(argument: string): string {
  return argument.replace(/\$/g, '$$$$');
}

/** What Kubernetes mounts into pods that ask for their account's token; as it spells it, which cdk8s-plus' types do not. */
function accountVolume(): any {
  return {
    name: 'account',
    projected: {
      defaultMode: 0o444,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  };
}

/** The least: `create` cannot be limited to a name, since the name is not known to the API server when it asks. Nothing is ever changed. */
function addRights(part: Construct, name: string, labels: Record<string, string>, secrets: string[]): void {
  new ApiObject(part, 'ServiceAccount', manifest<k8s.KubeServiceAccountProps>('v1', 'ServiceAccount', {
    metadata: { name, labels },
    automountServiceAccountToken: false,
  }));
  new ApiObject(part, 'Role', manifest<k8s.KubeRoleProps>(`${RBAC}/v1`, 'Role', {
    metadata: { name, labels },
    rules: [
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: secrets, verbs: ['get'] },
    ],
  }));
  new ApiObject(part, 'RoleBinding', manifest<k8s.KubeRoleBindingProps>(`${RBAC}/v1`, 'RoleBinding', {
    metadata: { name, labels },
    roleRef: { apiGroup: RBAC, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: Chart.of(part).namespace }],
  }));
}
