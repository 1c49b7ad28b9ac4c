/** Whether it is a path as ZooKeeper and its clients take it, and not ZooKeeper's own. */
export function isChroot(path: string): boolean {
  return /^(\/(?!\.{1,2}(\/|$))[^/\s,:\u0000-\u001f\u007f-\u009f]+)+$/.test(path) && !/^\/zookeeper(\/|$)/.test(path);
}

/** Whether a path is another one or lies below it. */
export function isBelow(path: string, other: string): boolean {
  return path === other || path.startsWith(other === '/' ? '/' : `${other}/`);
}
