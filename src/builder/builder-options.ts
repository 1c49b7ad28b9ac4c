import { BuildLogsOptions } from './build-logs';
import { BuilderNetworkPolicy } from './network-policy';
import { Playbooks } from './playbooks';
import { BuilderSshOptions, SSH_OPTIONS } from './ssh';
import { propsOf } from '../workload/known-props';
import { PodSettings, POD_SETTINGS } from '../workload/pod-settings';
import { PersistentStorage } from '../workload/storage';

/** The builder's volume. Default size: 20 GiB. */
export interface BuilderStorage extends PersistentStorage {}

/**
 * What can be set for the builder in a stack. Default image: `quay.io/software-factory/nodepool-builder`; default grace period: the longest
 * `build-timeout` of the diskimages plus 5 minutes.
 *
 * A stop lets a running build finish. A drained node therefore waits for the builder as long as the longest build takes (8 hours and
 * 5 minutes with Nodepool's own default); set `terminationGracePeriod` where nodes must be free sooner, and builds may be lost for it.
 */
export interface BuilderOptions extends PodSettings, BuilderSshOptions {
  /**
   * The volume for images, logs and caches.
   *
   * @default - 20 GiB of the cluster's default storage class
   */
  readonly storage?: BuilderStorage;

  /**
   * `images-dir` of nodepool.yaml: where images are built and kept until they are uploaded.
   *
   * @default /var/lib/nodepool/dib
   */
  readonly imagesDir?: string;

  /**
   * `build-log-dir` of nodepool.yaml. Below `/var/lib/nodepool/builds`, which is what is served over HTTP.
   *
   * @default /var/lib/nodepool/builds/logs
   */
  readonly buildLogDir?: string;

  /**
   * `build-log-retention` of nodepool.yaml: how many logs of each image are kept. -1: all of them.
   *
   * @default 7
   */
  readonly buildLogRetention?: number;

  /**
   * `elements-dir` of nodepool.yaml: where diskimage-builder's elements are in the pod, for images that are built there.
   *
   * @default - the elements that the image brings
   */
  readonly elementsDir?: string;

  /**
   * Scripts that a diskimage's `dib-cmd` names, by their file names: each is the executable `/opt/nodepool/dib-commands/<name>` in the
   * builder. Nodepool calls it with the arguments of disk-image-create, and looks at its exit status alone.
   *
   * @default - the commands that the image brings
   */
  readonly dibCommands?: { [name: string]: string };

  /**
   * Ansible playbooks that build images. With them the builder has `/usr/local/bin/dib-ansible`, which a diskimage names as `dib-cmd` with the
   * playbook after it (`Diskimages.ansible` writes that); it runs on the machines of `imageBuilders`, or on those of an `inventory.yaml`
   * beside the playbooks. The builder's image needs ansible-core: the default one has it.
   *
   * @default - no dib-ansible
   */
  readonly playbooks?: Playbooks;

  /**
   * A NetworkPolicy that lets the builder reach nothing but what is named: DNS, ZooKeeper, the machines of `imageBuilders` and so on.
   *
   * @default - no NetworkPolicy
   */
  readonly networkPolicy?: BuilderNetworkPolicy;

  /**
   * The server of the build logs.
   *
   * @default - Apache httpd from `quay.io/software-factory/httpd-24`
   */
  readonly buildLogs?: BuildLogsOptions;
}

/** The names of these settings. */
export const BUILDER_OPTIONS = [
  ...POD_SETTINGS, ...SSH_OPTIONS, ...propsOf<Omit<BuilderOptions, keyof PodSettings | keyof BuilderSshOptions>>({
    storage: true,
    imagesDir: true,
    buildLogDir: true,
    buildLogRetention: true,
    elementsDir: true,
    dibCommands: true,
    playbooks: true,
    networkPolicy: true,
    buildLogs: true,
  }),
];
