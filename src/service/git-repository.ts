import { SecretSource } from '../credentials/secret-source';
import { isHost, shown, shownAddress } from '../workload/checks';

/** A repository that pods fetch from, as far as a user says it. What was given may be anything. */
export interface GitAddress {
  readonly url: string;
  readonly ref?: string;
  readonly credentials?: SecretSource;
  /** Whether `http:` and `git:` will do; absent where there is no prop for it. */
  readonly insecureTransport?: boolean;
}

const DEFAULT_PORTS: { [transport: string]: number } = { 'https:': 443, 'http:': 80, 'ssh:': 22, 'git:': 9418 };

/** A URL of git, taken apart. */
interface GitServer {
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  /** Whether there is a password, or a user name where it may be one. */
  readonly password: boolean;
}

/** Why no pod could fetch from there, or what would bring a secret into Git. No message shows what may be a password. */
export function gitProblems(prop: (name: string) => string, { url, ref, credentials, insecureTransport }: GitAddress): string[] {
  const problems: string[] = [];
  if (ref !== undefined && !(typeof ref === 'string' && /^[A-Za-z0-9_][-A-Za-z0-9_./+@#]*$/.test(ref) && !/\.\.|\/\/|[/.]$|\.lock$/.test(ref))) {
    problems.push(`'${prop('ref')}' must be the name of a branch or tag, or the full hash of a commit, got ${shown(ref)}`);
  }
  if (credentials !== undefined && !(credentials instanceof SecretSource)) {
    problems.push(`'${prop('credentials')}' must be a SecretSource, such as SecretSource.existing('git-credentials')`);
  }
  const server = typeof url === 'string' ? serverOf(url) : undefined;
  if (!server) {
    problems.push(`'${prop('url')}' must be the URL of a Git repository, such as "https://git.example.com/config.git" or "git@git.example.com:config.git", got ${shownAddress(url)}`);
    return problems;
  }
  const { transport, host, password } = server;
  if (password) {
    problems.push(`'${prop('url')}' holds a user's name or password, which would be readable in Git; take it out and give '${prop('credentials')}'`);
    return problems;
  }
  if (!isHost(host)) { problems.push(`'${prop('url')}' must have a host name or an IP address after its "//" or "@", got ${shown(host)}`); }
  if (transport === 'ssh:' && credentials === undefined) {
    problems.push(`'${prop('credentials')}' is missing, and ssh lets nobody in without; give a Secret with "identity" and "known_hosts"`);
  }
  if (['https:', 'ssh:'].includes(transport)) { return problems; }
  if (!insecureTransport) {
    problems.push(`'${prop('url')}' must begin with https:// or ssh://, since anybody between could change what ${transport}// brings, got ${shown(url)}`
      + (insecureTransport === undefined ? '' : '; for a server in the same cluster set insecureTransport: true'));
  } else if (credentials !== undefined) {
    problems.push(`'${prop('credentials')}' would be sent in clear over ${transport}//; take https:// or ssh://, or leave them out`);
  }
  return problems;
}

/** Whether it is a path in a repository that a shell and git read as it is: no slash at its beginning and end, no '.' and '..'. */
export function isRepositoryPath(path: unknown): boolean {
  return typeof path === 'string' && path.split('/').every(part => /^[A-Za-z0-9._][-A-Za-z0-9._+@]*$/.test(part) && part !== '.' && part !== '..');
}

/** Whether ssh fetches it. */
export function usesSsh(url: string): boolean {
  return serverOf(url)?.transport === 'ssh:';
}

/** The port that the repository is reached at; absent for what is no address. */
export function gitPort(url: string): number | undefined {
  const server = serverOf(url);
  return server && (server.port ?? DEFAULT_PORTS[server.transport]);
}

/** The keys of the Secret that lets the pods in, as Flux has them. */
export function loginKeys(url: string): string[] {
  return usesSsh(url) ? ['identity', 'known_hosts'] : ['username', 'password'];
}

function serverOf(url: string): GitServer | undefined {
  // nothing that a shell, a log or an option of git would read another way; a query may hold a token.
  if (!/^[A-Za-z][-A-Za-z0-9._~:/@+%[\]=,!]*$/.test(url)) { return undefined; }
  const short = /^[-A-Za-z0-9._]+@([-A-Za-z0-9.]+):[^/:].*$/.exec(url);
  if (short && !url.includes('://')) { return { transport: 'ssh:', host: short[1], password: false }; }
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return undefined;
  }
  const { protocol, hostname, port, pathname } = parsed;
  if (!(protocol in DEFAULT_PORTS) || hostname === '' || pathname.length < 2) { return undefined; }
  return {
    transport: protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? undefined : Number(port),
    password: hasPassword(protocol, url),
  };
}

/** Whether more than ssh's user stands before the last @. A password with a slash in it would else be taken for a part of the path. */
function hasPassword(transport: string, url: string): boolean {
  const login = /^[^:]*:\/\/([^]*)@/.exec(url)?.[1];
  return login !== undefined && (transport !== 'ssh:' || /[:/]/.test(login));
}
