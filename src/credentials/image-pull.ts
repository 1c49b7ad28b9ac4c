import { Construct } from 'constructs';
import { BoundSecret } from './secret-kind';
import { SecretSource } from './secret-source';
import { fail } from '../workload/errors';
import { nodepoolLabels } from '../workload/labels';
import { PodOptions } from '../workload/pod-settings';

/** The Secret that the kubelet pulls images with. */
export function bindImagePull(
  scope: Construct, source: SecretSource | undefined, instanceName: string, extraLabels?: Record<string, string>,
): BoundSecret | undefined {
  if (source !== undefined && !(source instanceof SecretSource)) {
    fail(scope, "'imagePull' must be a SecretSource, such as SecretSource.existing('registry-credentials')");
  }
  return source?._bind(scope, 'ImagePull', {
    prop: 'imagePull',
    name: `${instanceName}-image-pull`,
    labels: nodepoolLabels('image-pull', extraLabels),
    type: 'kubernetes.io/dockerconfigjson',
    // the kubelet looks at it.
    typeMatters: true,
    requiredKeys: ['.dockerconfigjson'],
  });
}

/** Settings with one more Secret to pull images with. What is no list of names stays as it is, and is refused later. */
export function pullingWith<T extends PodOptions>(secret: BoundSecret | undefined, settings: T): T {
  const names = settings.imagePullSecrets ?? [];
  if (!secret || !Array.isArray(names) || names.includes(secret.secretName)) { return settings; }
  return { ...settings, imagePullSecrets: [...names, secret.secretName] };
}
