import { Complete } from './complete';
import { StaticProvider } from '../../../../src/config';

/** A provider with every prop; each text is the key that it belongs to. */
export const STATIC: Complete<StaticProvider> = {
  name: 'name',
  maxConcurrency: 5,
  priority: 5,
  pools: [{
    name: 'name',
    maxServers: 5,
    nodeAttributes: { myOwn_key: 'x' },
    priority: 5,
    nodes: [{
      name: 'name',
      labels: ['labels'],
      label: 'labels',
      username: 'username',
      timeout: 5,
      hostKeys: ['host-key'],
      hostKey: 'host-key',
      hostKeyChecking: true,
      connectionType: 'connection-type',
      connectionPort: 5,
      shellType: 'shell-type',
      pythonPath: 'python-path',
      maxParallelJobs: 5,
      sshPort: 5,
    }],
  }],
};
