import { hasDiskimagesToBuild } from '../diskimages';
import { BASE_PROPS } from '../settings';
import { Hint } from './hint';

/** Keys that `NodepoolStack` refuses, because it sets them. */
export const stackKeys: Hint = ({ root, report }) => {
  for (const [key, prop] of Object.entries(BASE_PROPS)) {
    const part = root.get(key);
    if (!part) { continue; }
    const message = `NodepoolStack sets "${key}" itself, and refuses it in a file`;
    report.warn({ rule: 'base-key', at: part, atKey: true, message, remedy: `for a stack, leave it out and use the prop '${prop}'`, noValue: true });
  }
};

/** What the daemons want when they start. */
export const start: Hint = ({ root, report }) => {
  if (!root.isMap) { return; }
  if (!root.get('zookeeper-servers')?.isTruthy) {
    const message = 'no daemon starts without "zookeeper-servers"';
    report.warn({ rule: 'no-zookeeper-servers', at: root, message, remedy: 'set it, here or in the secure file; NodepoolStack sets it itself', noValue: true });
  }
  const tls = root.get('zookeeper-tls');
  const missing = ['cert', 'key', 'ca'].filter(key => !tls?.get(key)?.isTruthy);
  if (tls?.isMap && missing.length) {
    report.warn({ rule: 'incomplete-tls', at: tls, message: `no daemon connects to ZooKeeper without ${missing.join(', ')}`, remedy: 'give all of cert, key and ca', noValue: true });
  }
};

/** What the builder wants besides. */
export const imagesDirectory: Hint = ({ root, report, role }) => {
  if (!root.isMap || root.get('images-dir')?.isTruthy) { return; }
  // a builder always starts; whether there is one, only its work tells.
  if (role === undefined && !hasDiskimagesToBuild(root)) { return; }
  report.warn({ rule: 'no-images-dir', at: root, message: 'the builder does not start without "images-dir"', remedy: 'set it; NodepoolStack sets it itself', noValue: true });
};

/** The path in ZooKeeper, which the client reads off the last server. */
export const chroots: Hint = ({ root, report }) => {
  const servers = root.items('zookeeper-servers');
  servers.forEach((server, index) => {
    const chroot = server.get('chroot');
    if (!chroot?.text || chroot.isUnknown) { return; }
    if (index < servers.length - 1) {
      const message = 'the client takes everything behind the first slash for the path, so the servers that follow are lost';
      report.warn({ rule: 'zookeeper-chroot', at: chroot, message, remedy: 'set "chroot" on the last server only' });
    } else if (!chroot.text.startsWith('/')) {
      report.warn({ rule: 'zookeeper-chroot', at: chroot, message: 'a chroot begins with a slash', remedy: `write "/${chroot.text}"` });
    }
  });
};
