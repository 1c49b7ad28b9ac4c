import { asset } from '../workload/assets';
import { LogLevel } from '../workload/log-level';

/** The logging configuration that the daemons are started with. */
export function loggingConfig(level: LogLevel): string {
  const own = level === LogLevel.WARN ? 'WARNING' : level;
  const libraries = level === LogLevel.DEBUG ? 'DEBUG' : 'WARNING';
  return asset('logging/logging.yaml').replaceAll('@LEVEL@', own).replaceAll('@LIBRARY_LEVEL@', libraries);
}
