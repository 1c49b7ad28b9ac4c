import { takeAway } from './removal';
import { Context } from './scenario';
import { GIT_SERVER, OUTSIDE } from '../standins/manifests';

/** A repository on a Git server in the cluster, behind sshd. */
export class GitRepository {
  /** Where pods fetch it from; they log in with the Secret `config-repository`. */
  static readonly URL = `ssh://nodepool@${GIT_SERVER}/srv/git/config`;

  /** Brings the server up for the time of a scenario. */
  static async during(context: Context): Promise<GitRepository> {
    const { cluster, kubectl, deployment, cleanup } = context;
    await deployment.prepare();
    const server = deployment.gitServer();
    await cluster.provideImages(server);
    cleanup(() => takeAway(cluster, server));
    await kubectl.apply(server);
    await kubectl.rolledOut(OUTSIDE, 'deployment/git');
    return new GitRepository(context);
  }

  private constructor(private readonly context: Context) {}

  /** Commits files to the branch `main`; the hash of the commit. */
  async push(files: Record<string, string>): Promise<string> {
    const script = 'cd $(mktemp -d) && git clone -q /srv/git/config . 2>/dev/null && git checkout -q -B main'
      + ' && python3 -c \'import json, os, sys\nfor path, text in json.load(sys.stdin).items():\n os.makedirs(os.path.dirname(path) or ".", exist_ok=True)\n open(path, "w").write(text)\''
      + ' && git add -A && git commit -q --allow-empty -m change && git push -q origin main && git rev-parse HEAD';
    return (await this.context.kubectl.exec(OUTSIDE, 'deployment/git', ['sh', '-c', script], { input: JSON.stringify(files) })).trim();
  }
}
