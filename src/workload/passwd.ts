import { k8s } from 'cdk8s-plus-27';

/** Where the init container leaves the pod's `/etc/passwd`. */
export const PASSWD_DIR = '/etc/nodepool-passwd';

/** The volume with it. */
export const PASSWD_VOLUME = 'passwd';

/** Its place: ssh takes user and home from there alone, and knows no user that is not in it. The pod's user id is any. */
export const PASSWD_MOUNT: k8s.VolumeMount = { name: PASSWD_VOLUME, mountPath: '/etc/passwd', subPath: 'passwd', readOnly: true };
