import { Complete } from './complete';
import { GceProvider } from '../../../../src/config';

/** A provider with every prop; each text is the key that it belongs to. */
export const GCE: Complete<GceProvider> = {
  name: 'name',
  maxConcurrency: 5,
  priority: 5,
  project: 'project',
  region: 'region',
  zone: 'zone',
  bootTimeout: 5,
  launchTimeout: 5,
  launchRetries: 5,
  rateLimit: 5,
  cloudImages: [{
    name: 'name',
    imageId: 'image-id',
    imageProject: 'image-project',
    imageFamily: 'image-family',
    username: 'username',
    key: 'key',
    pythonPath: 'python-path',
    shellType: 'shell-type',
    connectionType: 'connection-type',
    connectionPort: 5,
  }],
  pools: [{
    name: 'name',
    maxServers: 5,
    useInternalIp: true,
    nodeAttributes: { myOwn_key: 'x' },
    priority: 5,
    labels: [{
      name: 'name', cloudImage: 'cloud-image', instanceType: 'instance-type', volumeType: 'volume-type', volumeSize: 5,
    }],
    hostKeyChecking: true,
  }],
  rate: 5,
};
