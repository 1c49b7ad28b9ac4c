import { CommandFailed, CommandOptions, run, Running, start } from './command';
import { waitFor } from './wait';

/** A Kubernetes object as plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string>; [key: string]: any };
  [key: string]: any;
}

/** kubectl on one cluster, as one user. */
export class Kubectl {
  /** @param command kubectl and the options that every call has */
  constructor(private readonly command: readonly string[]) {}

  run(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run([...this.command, ...args], options);
  }

  /** Runs it beside us: `logs -f`, say. */
  start(args: readonly string[], options: CommandOptions = {}): Running {
    return start([...this.command, ...args], { timeout: 900, ...options });
  }

  /** What `get` says, as data. */
  async get(kind: string, name: string, namespace?: string): Promise<any> {
    return JSON.parse(await this.run(['get', kind, name, ...inNamespace(namespace), '-o', 'json']));
  }

  /** The same, and nothing where there is no such object. */
  async find(kind: string, name: string, namespace?: string): Promise<any> {
    return JSON.parse(await this.run(['get', kind, name, ...inNamespace(namespace), '--ignore-not-found', '-o', 'json']) || 'null') ?? undefined;
  }

  /** Each of the objects as the cluster has it, in their order. */
  async getAll(objects: readonly Manifest[]): Promise<any[]> {
    const found = JSON.parse(await this.run(['get', '-f', '-', '-o', 'json'], { input: asList(objects) }));
    return objects.length === 1 && found.kind !== 'List' ? [found] : found.items;
  }

  async list(kind: string, namespace?: string, selector?: string): Promise<any[]> {
    const where = namespace ? ['-n', namespace] : ['--all-namespaces'];
    return JSON.parse(await this.run(['get', kind, ...where, ...(selector ? ['-l', selector] : []), '-o', 'json'])).items;
  }

  /** Server-side apply, as Argo CD does it; returns what kubectl says of each object. */
  apply(objects: readonly Manifest[], options: readonly string[] = []): Promise<string> {
    return this.run(['apply', '--server-side', '--field-manager=conformance', ...options, '-f', '-'], { input: asList(objects), timeout: 180 });
  }

  /** Each of the objects as the server would have it, in their order; nothing is stored, so that they may share a name. */
  async wouldBe(objects: readonly Manifest[]): Promise<any[]> {
    const found = JSON.parse(await this.run(['apply', '--server-side', '--dry-run=server', '-o', 'json', '-f', '-'], { input: asList(objects), timeout: 180 }));
    return found.kind === 'List' ? found.items : [found];
  }

  /** What applying would change, as a diff; empty where it is nothing. */
  diff(objects: readonly Manifest[]): Promise<string> {
    return this.run(['diff', '--server-side', '--field-manager=conformance', '-f', '-'], { input: asList(objects), timeout: 180 })
      .catch(error => error instanceof CommandFailed && error.stdout ? error.stdout : Promise.reject(error));
  }

  /** Deletes objects and waits until they are gone, if not their pods; what is not there is gone. */
  delete(objects: readonly Manifest[]): Promise<string> {
    if (objects.length === 0) { return Promise.resolve(''); }
    return this.run(['delete', '--ignore-not-found', '--timeout=120s', '-f', '-'], { input: asList(objects), timeout: 150 });
  }

  /** Runs a command in a pod (`pod/name`, `deployment/name`). */
  exec(namespace: string, pod: string, command: readonly string[], options: CommandOptions & { container?: string } = {}): Promise<string> {
    return this.startExec(namespace, pod, command, options).done;
  }

  startExec(namespace: string, pod: string, command: readonly string[], options: CommandOptions & { container?: string } = {}): Running {
    const { container, ...more } = options;
    const stdin = options.input === undefined ? [] : ['-i'];
    return this.start(['exec', '-n', namespace, ...stdin, pod, ...(container ? ['-c', container] : []), '--', ...command], { timeout: 120, ...more });
  }

  /** A page of a Service, through the API server; fails unless it answers 2xx. */
  page(namespace: string, service: string, port: number, path: string, options: CommandOptions = {}): Promise<string> {
    const raw = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${path}`;
    return this.run(options.input === undefined ? ['get', '--raw', raw] : ['create', '--raw', raw, '-f', '-'], { timeout: 30, ...options });
  }

  /** The ready pods of a selector that are not going away. */
  async readyPods(namespace: string, selector: string): Promise<any[]> {
    return (await this.list('pods', namespace, selector)).filter(pod => !pod.metadata.deletionTimestamp
      && pod.status.conditions?.some((condition: any) => condition.type === 'Ready' && condition.status === 'True'));
  }

  /** Waits until every replica of a Deployment or StatefulSet is of the newest template, and ready. */
  async rolledOut(namespace: string, workload: string, seconds = 180): Promise<void> {
    const [kind, name] = workload.split('/');
    await waitFor(`${workload} in ${namespace} is ready`, seconds, async () => {
      const { metadata, spec, status } = await this.get(kind, name, namespace);
      return status.observedGeneration === metadata.generation && (status.readyReplicas ?? 0) === spec.replicas
        && (status.updatedReplicas ?? 0) === spec.replicas && (status.replicas ?? 0) === spec.replicas;
    });
  }
}

/** Whether the server refused for this reason. */
export function refusedBecause(error: unknown, reason: RegExp): boolean {
  return error instanceof CommandFailed && reason.test(error.output);
}

/** The namespace of whatever has one. */
function inNamespace(namespace: string | undefined): string[] {
  return namespace ? ['-n', namespace] : [];
}

function asList(objects: readonly Manifest[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}
