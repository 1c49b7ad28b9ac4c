/** How much a service logs. */
export enum LogLevel {
  /** What a service does, node by node. */
  INFO = 'INFO',

  /** Only what needs attention. */
  WARN = 'WARN',

  /** Everything, the libraries' own messages included. */
  DEBUG = 'DEBUG',
}
