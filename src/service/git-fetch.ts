import { k8s } from 'cdk8s-plus-27';
import { loginKeys, usesSsh } from './git-repository';
import { asset } from '../workload/assets';
import { PASSWD_MOUNT } from '../workload/passwd';
import { ServicePod } from '../workload/service-pod';

/** The script that fetches from Git, by its name in a ConfigMap. A POSIX shell runs it: an image with git may have no Python. */
export const GIT_FETCH = 'git_fetch.sh';

/** The script as a file of a ConfigMap. */
export function gitFetchFile(): { [file: string]: string } {
  return { [GIT_FETCH]: asset(`git/${GIT_FETCH}`) };
}

/** What a container that fetches needs for one thing: options of the script, and mounts. */
export interface GitFetchPart {
  readonly arguments: string[];
  readonly volumeMounts: k8s.VolumeMount[];
}

/** Adds the volume of the credentials, for the containers that fetch alone. Absent Secret: a public repository. */
export function addGitLogin(pod: ServicePod, url: string, secretName: string | undefined, volume: string, directory: string): GitFetchPart {
  if (secretName === undefined) { return { arguments: [], volumeMounts: [] }; }
  const keys = loginKeys(url);
  // the keys are named so that the pod waits until the Secret has them.
  pod.addSecret(volume, secretName, directory, { mount: false, items: Object.fromEntries(keys.map(key => [key, key])) });
  const options = usesSsh(url) ? ['--ssh-key', '--known-hosts'] : ['--username', '--password'];
  return {
    arguments: keys.flatMap((key, index) => [options[index], `${directory}/${key}`]),
    // ssh knows no user that is not in it.
    volumeMounts: [{ name: volume, mountPath: directory, readOnly: true }, ...(usesSsh(url) ? [PASSWD_MOUNT] : [])],
  };
}
