import { ApiObject, Duration } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { NO_SUBSTITUTION } from '../../workload/annotations';
import { checkBoolean, checkEnum, checkList, shown } from '../../workload/checks';
import { checkAll, fail } from '../../workload/errors';
import { checkKnownProps, propsOf } from '../../workload/known-props';
import { warn } from '../../workload/warnings';
import { checkRemoteClusters, checkStore, kubeconfigTemplate, remoteValues } from '../remote-cluster';
import { declared, SecretContents } from '../secret-contents';
import { checkContents, checkSecretKey, checkSecretMap, copied, SecretKind, SecretRequest, secretType } from '../secret-kind';
import {
  ExternalSecretCreation, ExternalSecretDecoding, ExternalSecretDeletion, ExternalSecretOptions, ExternalSecretRefresh, ExternalSecretValue,
} from './external-secret-options';

const OPTIONS = propsOf<ExternalSecretOptions>({
  store: true,
  data: true,
  extract: true,
  template: true,
  templateMerges: true,
  clusters: true,
  refreshInterval: true,
  refreshPolicy: true,
  creationPolicy: true,
  deletionPolicy: true,
  holds: true,
});
const VALUE_PROPS = propsOf<ExternalSecretValue>({ key: true, property: true, version: true, decoding: true, store: true });

const KUBECONFIG = 'kube.config';

/** A Secret that the External Secrets Operator makes. */
export class ExternalSecret implements SecretKind {
  private readonly options: ExternalSecretOptions;

  constructor(options: ExternalSecretOptions) {
    const { data, extract, template, clusters } = options ?? {};
    this.options = { ...options, data: copied(data), extract: copied(extract), template: copied(template), clusters: copied(clusters) };
  }

  public check(scope: Construct, { prop }: SecretRequest): SecretContents {
    const { options } = this;
    checkKnownProps(scope, prop, options, OPTIONS);
    for (const list of ['extract', 'clusters'] as const) { checkList(scope, `${prop}.${list}`, options[list]); }
    for (const map of ['data', 'template'] as const) { checkSecretMap(scope, `${prop}.${map}`, options[map]); }
    const { data = {}, extract = [], template = {}, clusters = [] } = options;
    checkAll([
      () => checkStore(scope, `${prop}.store`, options.store),
      () => checkBoolean(scope, `${prop}.templateMerges`, options.templateMerges),
      ...Object.entries(data).map(([key, value]) => () => { checkSecretKey(scope, `${prop}.data`, key); checkValue(scope, `${prop}.data.${key}`, value); }),
      ...extract.map((value, index) => () => {
        checkValue(scope, `${prop}.extract[${index}]`, value);
        if (value.store !== undefined) { fail(scope, `'${prop}.extract[${index}].store' is not possible for whole entries; set the 'store' of the options, or take values by 'data'`); }
      }),
      ...Object.entries(template).map(([key, text]) => () => {
        checkSecretKey(scope, `${prop}.template`, key);
        if (typeof text !== 'string') { fail(scope, `'${prop}.template.${key}' must be a text, got a value of type ${typeof text}`); }
        if (!text.includes('{{')) { warn(scope, [`'${prop}.template.${key}' has no placeholder {{ … }}: it is written into the manifests as it stands, and so into Git`]); }
      }),
      () => checkRemoteClusters(scope, `${prop}.clusters`, clusters),
      () => checkInterval(scope, `${prop}.refreshInterval`, options.refreshInterval),
      () => checkPolicies(scope, prop, options),
      () => checkContents(scope, `${prop}.holds`, options.holds),
    ]);
    if (Object.keys(data).length + extract.length + clusters.length === 0) {
      fail(scope, `'${prop}' fetches nothing; give at least one of 'data', 'extract' and 'clusters'`);
    }
    if (clusters.length > 0 && (KUBECONFIG in data || KUBECONFIG in template)) {
      fail(scope, `'${prop}' has the key "${KUBECONFIG}", which 'clusters' makes; leave out one of the two`);
    }
    return declared(this.seen(), options.holds);
  }

  public render(scope: Construct, id: string, request: SecretRequest): { secretName: string; object: ApiObject } {
    const { name, labels, annotations } = request;
    const { options } = this;
    const template = this.template();
    const object = new ApiObject(scope, id, {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name, labels, annotations: Object.values(template).some(text => text.includes('${')) ? { ...annotations, ...NO_SUBSTITUTION } : annotations },
      // every default is written out: Argo CD would show those that the cluster adds as a difference.
      spec: {
        refreshInterval: goDuration(options.refreshInterval ?? Duration.hours(1)),
        refreshPolicy: options.refreshPolicy ?? ExternalSecretRefresh.PERIODIC,
        secretStoreRef: options.store._ref(),
        target: {
          name,
          creationPolicy: options.creationPolicy ?? ExternalSecretCreation.OWNER,
          deletionPolicy: options.deletionPolicy ?? ExternalSecretDeletion.RETAIN,
          template: {
            type: secretType(request),
            engineVersion: 'v2',
            mergePolicy: this.merges() ? 'Merge' : 'Replace',
            // else the operator copies the ExternalSecret's own, those by which Argo CD tracks it among them.
            metadata: { labels },
            ...(Object.keys(template).length > 0 ? { data: template } : {}),
          },
        },
        ...this.fetched(),
      },
    });
    return { secretName: name, object };
  }

  /** The keys of the Secret, where all of them are made here and none comes from a whole entry. */
  private seen(): SecretContents {
    const { data = {}, extract = [], clusters = [], holds } = this.options;
    const templated = Object.keys(this.template());
    const contexts = clusters.length > 0 ? { contexts: clusters.map(cluster => cluster.context) } : {};
    // the other keys are somebody else's.
    if (this.options.creationPolicy === ExternalSecretCreation.MERGE) { return contexts; }
    if (templated.length > 0 && !this.merges()) { return { keys: templated, ...contexts }; }
    const keys = [...new Set([...Object.keys(data), ...templated, ...(extract.length > 0 ? holds?.keys ?? [] : [])])];
    return extract.length > 0 && holds?.keys === undefined ? contexts : { keys, ...contexts };
  }

  private template(): Record<string, string> {
    const { template = {}, clusters = [] } = this.options;
    return clusters.length > 0 ? { ...template, [KUBECONFIG]: kubeconfigTemplate(clusters) } : template;
  }

  private merges(): boolean {
    const { template, templateMerges, clusters = [] } = this.options;
    // a kubeconfig comes beside what was fetched, if nobody wrote a template of the whole.
    return templateMerges ?? (clusters.length > 0 && Object.keys(template ?? {}).length === 0);
  }

  private fetched(): Record<string, unknown> {
    const { data = {}, extract = [], clusters = [] } = this.options;
    const single = [
      ...Object.entries(data).map(([secretKey, { store, ...value }]) => ({
        secretKey, remoteRef: remoteRef(value), ...(store ? { sourceRef: { storeRef: store._ref() } } : {}),
      })),
      ...remoteValues(clusters).map(({ secretKey, store, key, property }) => ({
        secretKey, remoteRef: remoteRef({ key, property }), sourceRef: { storeRef: store._ref() },
      })),
    ];
    return {
      ...(single.length > 0 ? { data: single } : {}),
      ...(extract.length > 0 ? { dataFrom: extract.map(value => ({ extract: remoteRef(value) })) } : {}),
    };
  }
}

function remoteRef({ key, property, version, decoding }: ExternalSecretValue): Record<string, string> {
  return {
    key,
    ...(property !== undefined ? { property } : {}),
    ...(version !== undefined ? { version } : {}),
    conversionStrategy: 'Default',
    decodingStrategy: decoding ?? ExternalSecretDecoding.NONE,
    metadataPolicy: 'None',
  };
}

function checkValue(scope: IConstruct, prop: string, value: ExternalSecretValue): void {
  checkKnownProps(scope, prop, value ?? '', VALUE_PROPS);
  if (typeof value.key !== 'string' || value.key === '') { fail(scope, `'${prop}.key' must name an entry of the store`); }
  for (const name of ['property', 'version'] as const) {
    if (value[name] !== undefined && typeof value[name] !== 'string') { fail(scope, `'${prop}.${name}' must be a text; quote it`); }
  }
  if (value.decoding !== undefined) { checkEnum(scope, `${prop}.decoding`, value.decoding, ExternalSecretDecoding); }
  if (value.store !== undefined) { checkStore(scope, `${prop}.store`, value.store); }
}

function checkInterval(scope: IConstruct, prop: string, interval: Duration | undefined): void {
  if (interval !== undefined && typeof (interval as Duration | null)?.toMilliseconds !== 'function') {
    fail(scope, `'${prop}' must be a Duration, such as Duration.hours(1), got ${shown(interval)}`);
  }
  const milliseconds = interval?.toMilliseconds() ?? 0;
  if (milliseconds % 1000 !== 0) { fail(scope, `'${prop}' must be in whole seconds, got ${milliseconds} milliseconds`); }
}

function checkPolicies(scope: IConstruct, prop: string, options: ExternalSecretOptions): void {
  const { refreshPolicy, creationPolicy, deletionPolicy } = options;
  if (refreshPolicy !== undefined) { checkEnum(scope, `${prop}.refreshPolicy`, refreshPolicy, ExternalSecretRefresh); }
  if (creationPolicy !== undefined) { checkEnum(scope, `${prop}.creationPolicy`, creationPolicy, ExternalSecretCreation); }
  if (deletionPolicy !== undefined) { checkEnum(scope, `${prop}.deletionPolicy`, deletionPolicy, ExternalSecretDeletion); }
  if (deletionPolicy === ExternalSecretDeletion.DELETE && (creationPolicy ?? ExternalSecretCreation.OWNER) !== ExternalSecretCreation.OWNER) {
    fail(scope, `'${prop}.deletionPolicy' is "Delete", which the operator takes for its own Secrets alone, got the creation policy "${creationPolicy}"; `
      + 'leave out one of the two');
  }
}

/** As Go writes it, and so as the cluster gives it back. */
function goDuration(duration: Duration): string {
  const seconds = duration.toSeconds();
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`;
}
