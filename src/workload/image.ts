import { shown } from './checks';

/** A registry with its port, then a path, as container runtimes take it. */
const REPOSITORY = /^([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

/** Options of `ContainerImage.of`. */
export interface ContainerImageOptions {
  /**
   * The tag. `latest` is refused: what runs would then not be what is in Git.
   *
   * @default - no tag; then `digest` is needed
   */
  readonly tag?: string;

  /**
   * The digest, as `sha256:` and 64 hex digits. With it the cluster runs exactly these bytes, whatever the tag says.
   *
   * @default - no digest; then `tag` is needed
   */
  readonly digest?: string;
}

/**
 * A container image: a repository with a tag, a digest, or both.
 */
export class ContainerImage {
  /**
   * An image by its repository, such as `quay.io/zuul-ci/nodepool-launcher`.
   *
   * Raises an error when neither tag nor digest is given, when the tag is `latest`, or when the digest is none.
   *
   * @param repository registry and path, without tag and digest
   * @param options tag and digest
   */
  public static of(repository: string, options: ContainerImageOptions): ContainerImage {
    return new ContainerImage(repository, options.tag, options.digest);
  }

  /**
   * An image by its full reference, such as `quay.io/zuul-ci/nodepool-launcher:11.0.0` or `…@sha256:…`.
   *
   * Raises the same errors as `of`.
   *
   * @param reference repository with tag, digest or both
   */
  public static parse(reference: string): ContainerImage {
    const [named, digest] = splitOnce(String(reference ?? ''), '@');
    const colon = named.lastIndexOf(':');
    // a colon before the last slash belongs to the registry's port.
    const tagged = colon > named.lastIndexOf('/');
    return new ContainerImage(tagged ? named.slice(0, colon) : named, tagged ? named.slice(colon + 1) : undefined, digest);
  }

  /** Registry and path, without tag and digest. */
  public readonly repository: string;

  /** The tag, where one is given. */
  public readonly tag?: string;

  /** The digest, where one is given. */
  public readonly digest?: string;

  private constructor(repository: string, tag?: string, digest?: string) {
    if (typeof repository !== 'string' || !REPOSITORY.test(repository)) {
      throw new Error(`an image's repository is registry/path, the path in lower case, such as "quay.io/zuul-ci/nodepool-launcher", got ${shown(repository)}`);
    }
    if (tag === undefined && digest === undefined) {
      throw new Error(`image "${repository}" needs a tag or a digest: without one the cluster runs whatever is newest`);
    }
    if (tag === 'latest') {
      throw new Error(`image "${repository}": tag "latest" is refused, what runs would not be what is in Git; give a version or a digest`);
    }
    if (tag !== undefined && !/^[\w][\w.-]{0,127}$/.test(tag)) {
      throw new Error(`image "${repository}": a tag is at most 128 letters, digits, '_', '.' and '-', got "${tag}"`);
    }
    if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw new Error(`image "${repository}": a digest is "sha256:" and 64 hex digits, got "${digest}"`);
    }
    this.repository = repository;
    this.tag = tag;
    this.digest = digest;
  }

  /**
   * The same image from a mirror: the mirror takes the place of the registry, the path stays.
   *
   * @param mirror registry, with a path prefix if the mirror has one, such as `registry.example.com/quay`
   */
  public fromMirror(mirror: string): ContainerImage {
    const [first, rest] = splitOnce(this.repository, '/');
    const hasRegistry = rest !== undefined && (first.includes('.') || first.includes(':') || first === 'localhost');
    return new ContainerImage(`${mirror.replace(/\/+$/, '')}/${hasRegistry ? rest : this.repository}`, this.tag, this.digest);
  }

  /** The reference as it stands in a manifest. */
  public toString(): string {
    return this.repository + (this.tag ? `:${this.tag}` : '') + (this.digest ? `@${this.digest}` : '');
  }
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
