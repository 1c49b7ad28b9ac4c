/** Whether it is a path as ZooKeeper and its clients take it. */
export function isChroot(path: string): boolean {
  return /^(\/[^/\s,:]+)+$/.test(path);
}
