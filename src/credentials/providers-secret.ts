import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { refuseLocalhost } from './kubeconfig';
import { SecretContents } from './secret-contents';
import { SecretSource } from './secret-source';
import { checkInstanceName, checkLabels } from '../workload/checks';
import { fail } from '../workload/errors';
import { nodepoolLabels } from '../workload/labels';
import { ServicePod } from '../workload/service-pod';

/** Where the providers' Secret is mounted. */
const PROVIDERS_DIR = '/etc/nodepool-providers';

/** openstacksdk's own place for the machine's clouds, the last one that it looks at. */
const OPENSTACK_DIR = '/etc/openstack';

/** Properties of `ProvidersSecret`. */
export interface ProvidersSecretProps {
  /** Where the values come from. */
  readonly source: SecretSource;

  /**
   * The instance whose services use it.
   *
   * @default nodepool
   */
  readonly instanceName?: string;

  /**
   * Labels of the Secret, when it is rendered.
   *
   * @default - our labels only
   */
  readonly extraLabels?: { [key: string]: string };
}

/**
 * The credentials of the clouds: a Secret with any of the keys `clouds.yaml` (OpenStack), `kube.config` (Kubernetes and OpenShift) and
 * `aws.config` (AWS). Other keys, such as the file that an azure provider's `auth-path` names, are mounted beside them under
 * `/etc/nodepool-providers`.
 *
 * A Secret that is rendered, or that an operator makes, is named `<instance>-providers-secrets`. A key `cloud.yaml` (without s), as the
 * documentation of the SF Operator has it, is found too. Nodepool is restarted in order when the Secret's content changes, whoever changed it.
 *
 * The names of clouds, contexts and profiles in nodepool.yaml are compared with what the source is known to hold; one that it does not hold
 * is an error when the app is synthesized.
 */
export class ProvidersSecret extends Construct {
  /** The Secret's name. */
  public readonly secretName: string;

  /**
   * The Secret, or the ExternalSecret or SealedSecret that makes it; not set for a Secret that exists already, and for a file of SOPS, which
   * is not rendered.
   */
  public readonly secret?: ApiObject;

  /**
   * What the Secret is known to hold.
   *
   * @internal
   */
  public readonly _contents: SecretContents;

  constructor(scope: Construct, id: string, props: ProvidersSecretProps) {
    super(scope, id);
    const instanceName = props.instanceName ?? 'nodepool';
    checkInstanceName(this, instanceName);
    if (!(props.source instanceof SecretSource)) { fail(this, "'providers' (the 'source' of a ProvidersSecret) must be a SecretSource, such as SecretSource.existing('nodepool-providers-secrets')"); }
    const kubeconfig = props.source._values()['kube.config'];
    if (typeof kubeconfig === 'string') { refuseLocalhost(this, 'kube.config', kubeconfig); }
    checkLabels(this, 'extraLabels', props.extraLabels ?? {});

    const bound = props.source._bind(this, 'Resource', {
      prop: 'providers', name: `${instanceName}-providers-secrets`, labels: nodepoolLabels('providers', props.extraLabels),
    });
    this.secretName = bound.secretName;
    this.secret = bound.object;
    this._contents = bound.contents;
  }

  /**
   * Mounts the Secret into a service, and tells Nodepool's libraries where it is. Missing files are passed over by all of them.
   *
   * @internal
   */
  public _mountInto(pod: ServicePod, otherKubeconfigs: string[]): void {
    pod.addSecret('providers', this.secretName, PROVIDERS_DIR, { watch: true });
    // A Secret may have the key of the SF Operator's documentation; under this name openstacksdk looks there when clouds.yaml is missing.
    pod.addSecret('openstack', this.secretName, OPENSTACK_DIR, { watch: true, optional: true, items: { 'cloud.yaml': 'clouds.yaml' } });
    pod.addEnv('OS_CLIENT_CONFIG_FILE', `${PROVIDERS_DIR}/clouds.yaml`);
    pod.addEnv('KUBECONFIG', [`${PROVIDERS_DIR}/kube.config`, ...otherKubeconfigs].join(':'));
    // One file for both: boto reads "[profile x]" sections of the first and "[x]" sections of the second.
    pod.addEnv('AWS_CONFIG_FILE', `${PROVIDERS_DIR}/aws.config`);
    pod.addEnv('AWS_SHARED_CREDENTIALS_FILE', `${PROVIDERS_DIR}/aws.config`);
  }
}
