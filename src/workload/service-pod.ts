import { isDeepStrictEqual } from 'node:util';
import { Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { CHECKSUM_PREFIX } from './annotations';
import { isWithin, shown } from './checks';
import { resourceRequirements, RESTRICTED_CONTAINER } from './container';
import { fail } from './errors';
import { ContainerImage } from './image';
import { plain, quantity } from './plain';
import { Platform } from './platform';
import { checkSettings } from './pod-checks';
import { PodSettings } from './pod-settings';

/** The user that the upstream images are made for; the images of the Software Factory run as any user. */
const DEFAULT_USER = 10001;

/** Where a service's volume comes from and goes to. */
export interface MountOptions {
  /** What the service reads only at its start: it is restarted in order when the content changes. */
  readonly watch?: boolean;
  /** The pod starts without it, and gets it when it comes. */
  readonly optional?: boolean;
  /** Keys and the file names that they get. Absent: every key, under its own name. */
  readonly items?: { [key: string]: string };
  /** The files are programs. */
  readonly executable?: boolean;
  /** Where an emptyDir is: on the node's disk, or in memory. */
  readonly medium?: 'Memory';
  /** What an emptyDir may take of the node's disk; the pod is evicted above it. Absent: no limit of its own. */
  readonly sizeLimit?: string;
  /** Does not mount it into the service's own container. */
  readonly mount?: boolean;
}

export interface ServicePodProps {
  /** Name of the workload, and value of the label `run`. */
  readonly name: string;
  /** `launcher` or `builder`. */
  readonly component: string;
  /** Name of the service's own container. */
  readonly container: string;
  readonly platform: Platform;
  readonly settings: PodSettings;
  readonly defaultImage: ContainerImage;
  readonly defaultResources: kplus.ContainerResources;
  /** Asked at synth, since it may depend on what the configuration holds then. */
  readonly defaultGraceSeconds: () => number;
}

/**
 * SIGTERM is lost on a process 1 that has not set its handlers yet, and the kubelet sends it once: a pod that was deleted as it started would stay
 * for its whole grace period. The containers beside the service wait too. To start Python here takes as long as it takes the supervisor.
 */
const WAIT_FOR_HANDLERS = ['python3', '-c', 'import time; time.sleep(2)'];

/**
 * The pod of one service: what the part puts in, what the user adds, restricted by default. It is rendered once, at synth.
 */
export class ServicePod {
  public readonly replicas: number;
  public readonly image: ContainerImage;
  public readonly selector: { [key: string]: string };
  public readonly labels: { [key: string]: string };
  public readonly annotations: { [key: string]: string };

  private readonly volumes: k8s.Volume[] = [];
  private readonly mounts: k8s.VolumeMount[] = [];
  private readonly env: k8s.EnvVar[] = [];
  private readonly initContainers: k8s.Container[] = [];
  private readonly sidecars: k8s.Container[] = [];
  private readonly twins = new Set<string>();
  private readonly checksums: { [name: string]: () => string } = {};
  private readonly watched: string[] = [];
  private readonly reloaded: { configmap: string[]; secret: string[] } = { configmap: [], secret: [] };

  constructor(private readonly scope: Construct, private readonly props: ServicePodProps) {
    const settings = props.settings;
    checkSettings(scope, settings, props.platform);
    this.replicas = settings.replicas ?? 1;
    this.image = this.mirrored(settings.image ?? props.defaultImage);
    this.selector = { 'app.kubernetes.io/name': 'nodepool', 'run': props.name };
    this.labels = {
      ...settings.extraLabels,
      ...this.selector,
      'app.kubernetes.io/component': props.component,
      'app.kubernetes.io/part-of': 'zuul',
    };
    this.annotations = { ...settings.extraAnnotations };
  }

  /** How long the pod may take to stop, in seconds. */
  public graceSeconds(): number {
    return this.props.settings.terminationGracePeriod?.toSeconds() ?? this.props.defaultGraceSeconds();
  }

  /** The directories that the pod's supervisor watches, because the service reads them only at its start. */
  public get watchedDirectories(): string[] {
    return [...this.watched];
  }

  /** The names of the service's environment variables, ours and the user's. */
  public get envNames(): string[] {
    return [...this.env.map(variable => variable.name), ...this.userEnvNames];
  }

  /** The names of those that the user sets. */
  public get userEnvNames(): string[] {
    return Object.keys(this.props.settings.env ?? {});
  }

  /** The names of those that come from Secrets. */
  public get secretEnvNames(): string[] {
    return Object.entries(this.props.settings.env ?? {}).filter(([, value]) => value.valueFrom?.secretKeyRef !== undefined).map(([name]) => name);
  }

  /** Where the user's own volumes are mounted. */
  public get userMountPaths(): string[] {
    return (this.props.settings.volumes ?? []).map(volume => volume.path);
  }

  public addConfigMap(volume: string, configMapName: string, path: string, options: MountOptions = {}): void {
    this.addVolume({
      name: volume,
      configMap: { name: configMapName, defaultMode: options.executable ? 0o555 : 0o444, items: keyItems(options.items), optional: options.optional },
    }, path, options);
    if (options.watch) { this.reloaded.configmap.push(configMapName); }
  }

  public addSecret(volume: string, secretName: string, path: string, options: MountOptions = {}): void {
    // group-readable: the files belong to root, and the pod's fsGroup reads them. ssh takes such a key, since it is not its own file.
    this.addVolume({
      name: volume,
      secret: { secretName, defaultMode: 0o440, items: keyItems(options.items), optional: options.optional },
    }, path, options);
    if (options.watch && !this.reloaded.secret.includes(secretName)) { this.reloaded.secret.push(secretName); }
  }

  /** Keys of several Secrets in one directory; not mounted into the service's own container. */
  public addProjectedSecrets(volume: string, sources: readonly { readonly secretName: string; readonly key: string; readonly file: string }[]): void {
    this.volumes.push({
      name: volume,
      projected: {
        defaultMode: 0o440,
        sources: sources.map(({ secretName, key, file }) => ({ secret: { name: secretName, items: [{ key, path: file }] } })),
      },
    });
  }

  public addEmptyDir(volume: string, path: string, options: MountOptions = {}): void {
    const sizeLimit = options.sizeLimit === undefined ? undefined : quantity(options.sizeLimit);
    this.addVolume({ name: volume, emptyDir: { medium: options.medium, sizeLimit } }, path, options);
  }

  /** A volume by its claim. */
  public addClaim(volume: string, claimName: string, path: string): void {
    this.volumes.push({ name: volume, persistentVolumeClaim: { claimName } });
    this.mounts.push({ name: volume, mountPath: path });
  }

  /** One more mount of a volume that is there already, in the service's own container. */
  public addMount(mount: k8s.VolumeMount): void {
    this.mounts.push(mount);
  }

  public addEnv(name: string, value: string): void {
    this.env.push({ name, value });
  }

  /** A container of ours that runs to its end first. */
  public addInitContainer(container: k8s.Container): void {
    this.initContainers.push(this.ours(container));
  }

  /** A container of ours beside the service; its image needs a `sleep`. */
  public addSidecar(container: k8s.Container): void {
    this.sidecars.push(this.ours({ lifecycle: { preStop: { exec: { command: ['sleep', '2'] } } }, ...container }));
  }

  /**
   * A container of ours that has what the service's own container has, the user's additions too: its image, environment and mounts, beside its
   * own mounts.
   */
  public addTwin(container: k8s.Container, options: { readonly init?: boolean } = {}): void {
    this.twins.add(container.name);
    if (options.init) { this.addInitContainer(container); } else { this.addSidecar(container); }
  }

  /** A content that the service reads only at its start and that we render: when it changes, Kubernetes rolls the pods over. */
  public addChecksum(name: string, content: () => string): void {
    this.checksums[name] = content;
  }

  /** The image from the mirror, where one is set. */
  public mirrored(image: ContainerImage): ContainerImage {
    return this.props.settings.registryMirror ? image.fromMirror(this.props.settings.registryMirror) : image;
  }

  /** Annotations for the workload itself. */
  public workloadAnnotations(): { [key: string]: string } {
    const reload: { [key: string]: string } = {};
    if (this.props.settings.reloader) {
      for (const kind of ['configmap', 'secret'] as const) {
        if (this.reloaded[kind].length > 0) { reload[`${kind}.reloader.stakater.com/reload`] = this.reloaded[kind].join(','); }
      }
    }
    return { ...this.annotations, ...reload };
  }

  /** The pod template, but for what users hand in. */
  public template(main: { command: string[] } & Partial<k8s.Container>): k8s.PodTemplateSpec {
    const settings = this.props.settings;
    const { command, ...rest } = main;
    const annotations = { ...this.annotations, ...this.checksumAnnotations() };
    return {
      metadata: { labels: this.labels, annotations: Object.keys(annotations).length > 0 ? annotations : undefined },
      spec: {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: this.podSecurityContext(),
        // lazy: a diskimage that is added later may take longer to build.
        terminationGracePeriodSeconds: Lazy.any({ produce: () => this.graceSeconds() }) as number,
        imagePullSecrets: settings.imagePullSecrets?.map(name => ({ name })),
        hostAliases: settings.hostAliases?.map(alias => ({ ip: alias.ip, hostnames: [...alias.hostnames] })),
        nodeSelector: settings.nodeSelector,
        priorityClassName: settings.priorityClassName,
        initContainers: this.initContainers.length > 0 ? this.initContainers : undefined,
        containers: [
          this.ours({
            lifecycle: { preStop: { exec: { command: WAIT_FOR_HANDLERS } } },
            ...rest,
            name: this.props.container,
            image: this.image.toString(),
            command,
            env: this.env,
            resources: resourceRequirements(this.scope, 'resources', settings.resources, this.props.defaultResources),
            volumeMounts: this.mounts,
          }),
          ...this.sidecars,
        ],
        volumes: this.volumes,
      },
    };
  }

  /** The template of another pod of the service, such as a Job's: restricted, and where this pod would run too. */
  public besides(name: string, component: string, spec: k8s.PodSpec): k8s.PodTemplateSpec {
    const settings = this.props.settings;
    const labels = { ...this.labels, 'run': name, 'app.kubernetes.io/component': component };
    return {
      metadata: { labels, annotations: Object.keys(this.annotations).length > 0 ? this.annotations : undefined },
      spec: {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: this.podSecurityContext(),
        terminationGracePeriodSeconds: 30,
        imagePullSecrets: settings.imagePullSecrets?.map(secret => ({ name: secret })),
        nodeSelector: settings.nodeSelector,
        priorityClassName: settings.priorityClassName,
        tolerations: settings.tolerations,
        ...spec,
        initContainers: spec.initContainers?.map(container => this.ours(container)),
        containers: spec.containers.map(container => this.ours(container)),
      },
    };
  }

  /** What users handed in, set after our part: it may have fields that cdk8s-plus' types lack. */
  public completeSpec(spec: any): void {
    const settings = this.props.settings;
    const main = spec.containers[0];
    this.addUserVolumes(spec, main);
    const ownEnv = Object.entries(settings.env ?? {}).map(([name, value]) => plain({ name, value: value.value, valueFrom: value.valueFrom }));
    main.env = [...(main.env ?? []).filter((ours: any) => !ownEnv.some(variable => variable.name === ours.name)), ...ownEnv];
    if (main.env.length === 0) { delete main.env; }

    for (const twin of [...spec.initContainers ?? [], ...spec.containers].filter(container => this.twins.has(container.name))) {
      const mounts: any[] = twin.volumeMounts ?? [];
      twin.volumeMounts = [...main.volumeMounts.filter((mount: any) => !mounts.some(own => own.mountPath === mount.mountPath)), ...mounts];
      if (main.env) { twin.env = main.env; }
    }

    if (settings.initContainers?.length) { spec.initContainers = [...spec.initContainers ?? [], ...settings.initContainers.map(this.completed)]; }
    if (settings.sidecars?.length) { spec.containers.push(...settings.sidecars.map(this.completed)); }
    this.refuseUnknownVolumes(spec, main);
    this.refuseTwice('containers', [...spec.initContainers ?? [], ...spec.containers].map((container: any) => container.name));
    this.refuseTwice('mount paths', main.volumeMounts.map((mount: any) => mount.mountPath.replace(/\/+$/, '')));
    if (settings.tolerations?.length) { spec.tolerations = plain(settings.tolerations); }
    if (settings.affinity) { spec.affinity = plain(settings.affinity); }
    if (settings.topologySpread?.length) {
      spec.topologySpreadConstraints = settings.topologySpread.map(constraint =>
        plain({ ...constraint, labelSelector: constraint.labelSelector ?? { matchLabels: this.selector } }));
    }
  }

  private addUserVolumes(spec: any, main: any): void {
    const ours = new Set([...spec.volumes, ...main.volumeMounts].map((volume: any) => volume.name));
    const readOnly = main.volumeMounts.filter((mount: any) => mount.readOnly).map((mount: any) => mount.mountPath);
    const added = new Map<string, any>();
    for (const { volume, path, ...options } of this.props.settings.volumes ?? []) {
      const rendered = plain((volume as unknown as { _toKube(): k8s.Volume })._toKube());
      if (ours.has(rendered.name)) { fail(this.scope, `'volumes' has the name ${shown(rendered.name)}, which is one of ours; give your volume another 'name'`); }
      const around = readOnly.find((ourPath: string) => path !== ourPath && isWithin(path, ourPath));
      if (around !== undefined) {
        fail(this.scope, `'volumes' has the path ${shown(path)} inside ${around}, which is mounted read-only, so that nothing can be mounted there; choose another path`);
      }
      const before = added.get(rendered.name);
      if (before === undefined) {
        added.set(rendered.name, rendered);
        spec.volumes.push(rendered);
      } else if (!isDeepStrictEqual(before, rendered)) {
        fail(this.scope, `'volumes' has the name ${shown(rendered.name)} for two volumes; give each a 'name' of its own`);
      }
      main.volumeMounts.push(plain({
        name: volume.name,
        mountPath: path,
        mountPropagation: options.propagation,
        readOnly: options.readOnly,
        subPath: options.subPath,
        subPathExpr: options.subPathExpr,
      }));
    }
  }

  private refuseUnknownVolumes(spec: any, main: any): void {
    // the claim of a StatefulSet is no volume of its template: it is known by its mount.
    const known = new Set([...spec.volumes, ...main.volumeMounts].map((volume: any) => volume.name));
    for (const prop of ['initContainers', 'sidecars'] as const) {
      for (const container of this.props.settings[prop] ?? []) {
        const unknown = (Array.isArray(container.volumeMounts) ? container.volumeMounts : []).find((mount: any) => typeof mount?.name === 'string' && !known.has(mount.name));
        if (unknown !== undefined) {
          fail(this.scope, `'${prop}[${container.name}].volumeMounts' has the volume ${shown(unknown.name)}, which the pod does not have;`
            + ` add it to 'volumes', or take one of ${[...known].join(', ')}`);
        }
      }
    }
  }

  private refuseTwice(what: string, names: string[]): void {
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      fail(this.scope, `two ${what} of the pod "${this.props.name}" are ${shown(twice)}; choose another one for yours (initContainers, sidecars, volumes)`);
    }
  }

  private addVolume(volume: k8s.Volume, path: string, options: MountOptions): void {
    this.volumes.push(volume);
    if (options.mount ?? true) {
      this.mounts.push({ name: volume.name, mountPath: path, readOnly: volume.emptyDir ? undefined : true });
    }
    if (options.watch) { this.watched.push(path); }
  }

  private ours(container: k8s.Container): k8s.Container {
    return { imagePullPolicy: 'IfNotPresent', securityContext: RESTRICTED_CONTAINER, ...container };
  }

  /** A user's container with our security context and pull policy where it says nothing of its own. */
  private readonly completed = (container: any): any => {
    const { securityContext, ...rest } = plain(container);
    return { imagePullPolicy: 'IfNotPresent', ...rest, securityContext: { ...plain(RESTRICTED_CONTAINER), ...securityContext } };
  };

  private podSecurityContext(): k8s.PodSecurityContext {
    const ids = this.props.platform === Platform.OPENSHIFT ? {} : this.fixedIds();
    return { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...ids };
  }

  private fixedIds(): k8s.PodSecurityContext {
    const user = this.props.settings.runAsUser ?? DEFAULT_USER;
    // OnRootMismatch: a builder's volume has many files, and changing them all at each start takes minutes.
    return { runAsUser: user, runAsGroup: user, fsGroup: this.props.settings.fsGroup ?? user, fsGroupChangePolicy: 'OnRootMismatch' };
  }

  private checksumAnnotations(): { [key: string]: string } {
    const annotations: { [key: string]: string } = {};
    for (const [name, content] of Object.entries(this.checksums)) {
      // lazy: labels and providers may still be added to the configuration.
      annotations[`${CHECKSUM_PREFIX}/${name}`] = Lazy.any({ produce: content }) as string;
    }
    return annotations;
  }
}

function keyItems(items: { [key: string]: string } | undefined): k8s.KeyToPath[] | undefined {
  return items && Object.entries(items).map(([key, path]) => ({ key, path }));
}
