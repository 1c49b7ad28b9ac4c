import { fromObject } from './from-object';
import { NodepoolConfigError, Problem } from './problem';
import type { AwsProvider } from './structs/aws.generated';
import type { AzureProvider } from './structs/azure.generated';
import type { GceProvider } from './structs/gce.generated';
import type { IbmvpcProvider } from './structs/ibmvpc.generated';
import type { KubernetesProvider } from './structs/kubernetes.generated';
import type { MetastaticProvider } from './structs/metastatic.generated';
import type { OpenshiftProvider } from './structs/openshift.generated';
import type { OpenshiftPodsProvider } from './structs/openshiftpods.generated';
import type { OpenstackProvider } from './structs/openstack.generated';
import type { StaticProvider } from './structs/static.generated';
import { requireStruct, structToPlain } from './structs/to-plain';
import { YamlMap } from './yaml';

/** Where nodes come from: a cloud, a cluster, or machines that exist already. */
export class Provider {
  /**
   * Virtual machines of Amazon EC2.
   *
   * @param props the provider.
   */
  public static aws(props: AwsProvider): Provider { return new Provider('aws', 'AwsProvider', props); }

  /**
   * Virtual machines of Microsoft Azure.
   *
   * @param props the provider.
   */
  public static azure(props: AzureProvider): Provider { return new Provider('azure', 'AzureProvider', props); }

  /**
   * Virtual machines of Google Compute Engine.
   *
   * @param props the provider.
   */
  public static gce(props: GceProvider): Provider { return new Provider('gce', 'GceProvider', props); }

  /**
   * Virtual machines of an IBM Cloud VPC.
   *
   * @param props the provider.
   */
  public static ibmvpc(props: IbmvpcProvider): Provider { return new Provider('ibmvpc', 'IbmvpcProvider', props); }

  /**
   * Pods or namespaces of a Kubernetes cluster; a namespace is made for each node.
   *
   * @param props the provider.
   */
  public static kubernetes(props: KubernetesProvider): Provider { return new Provider('kubernetes', 'KubernetesProvider', props); }

  /**
   * Nodes that share a bigger node of another provider.
   *
   * @param props the provider.
   */
  public static metastatic(props: MetastaticProvider): Provider { return new Provider('metastatic', 'MetastaticProvider', props); }

  /**
   * Pods or projects of an OpenShift cluster; a project is requested for each node.
   *
   * @param props the provider.
   */
  public static openshift(props: OpenshiftProvider): Provider { return new Provider('openshift', 'OpenshiftProvider', props); }

  /**
   * Pods in projects (namespaces) that exist already.
   *
   * @param props the provider.
   */
  public static openshiftpods(props: OpenshiftPodsProvider): Provider { return new Provider('openshiftpods', 'OpenshiftPodsProvider', props); }

  /**
   * Virtual machines of an OpenStack cloud.
   *
   * @param props the provider.
   */
  public static openstack(props: OpenstackProvider): Provider { return new Provider('openstack', 'OpenstackProvider', props); }

  /**
   * Machines that exist already. Nodepool only hands them out.
   *
   * @param props the provider.
   */
  public static staticNodes(props: StaticProvider): Provider { return new Provider('static', 'StaticProvider', props); }

  /** Its name. */
  public readonly name: string;

  private readonly data: YamlMap;

  private constructor(
    /** The driver, as Nodepool spells it: `aws`, `static` … */
    public readonly driver: string,
    struct: string,
    props: { readonly name: string },
  ) {
    requireStruct(props, `a provider of the driver "${driver}"`);
    const problems: Problem[] = [];
    const { name, ...others } = props;
    const path = `providers[${name}]`;
    if (name === undefined) { problems.push({ path: 'providers', text: '"name" is missing; give the provider a name' }); }
    // converted at once: what the caller changes afterwards does not reach the configuration.
    this.data = fromObject(structToPlain(struct, { name, driver, ...others }, problems, path), problems, path) as YamlMap;
    if (problems.length > 0) { throw new NodepoolConfigError(problems); }
    this.name = name;
  }

  /**
   * The provider as nodepool.yaml has it.
   *
   * @internal
   */
  public _toData(): YamlMap { return this.data; }
}
