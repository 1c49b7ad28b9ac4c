import { OUTSIDE, pod, service, workload } from './manifests';
import { Manifest } from '../harness/kubectl';

const RBAC = 'rbac.authorization.k8s.io';

const SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'update', 'patch', 'delete', 'watch'] };
const EVENTS = { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] };

/** The controller of Sealed Secrets, with the rights that its own chart gives it. */
export function sealedSecretsController(): Manifest[] {
  return [
    ...controller('sealed-secrets', {
      image: 'docker.io/bitnami/sealed-secrets-controller:0.27.1',
      command: ['controller', '--update-status'],
      env: [{ name: 'SEALED_SECRETS_NAMESPACE', value: OUTSIDE }],
      readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
    }, [
      { apiGroups: ['bitnami.com'], resources: ['sealedsecrets'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['bitnami.com'], resources: ['sealedsecrets/status'], verbs: ['update'] },
      SECRETS, EVENTS,
    ]),
    service(OUTSIDE, 'sealed-secrets', 8080, 8080),
  ];
}

/** cert-manager's controllers for Certificates, and for issuers that are CAs or self-signed; there is no webhook. */
export function certManagerController(): Manifest[] {
  return controller('cert-manager', {
    image: 'quay.io/jetstack/cert-manager-controller:v1.21.2',
    command: ['controller'],
  }, [
    { apiGroups: ['cert-manager.io'], resources: ['*'], verbs: ['*'] },
    SECRETS, EVENTS,
  ]);
}

/** A controller that runs in a pod, as an account that may do what its rules say, in every namespace. */
function controller(name: string, container: any, rules: object[]): Manifest[] {
  const template = pod(1001, 1001, { name, volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }], ...container }, [{ name: 'tmp', emptyDir: {} }]);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: OUTSIDE } },
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: OUTSIDE }],
    },
    workload('apps/v1', 'Deployment', OUTSIDE, name, { ...template, automountServiceAccountToken: true, serviceAccountName: name }),
  ];
}
