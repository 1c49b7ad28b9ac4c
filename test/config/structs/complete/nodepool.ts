import { Complete } from './complete';
import { NodepoolConfigProps } from '../../../../src/config';

/** The top level with every prop; each text is the key that it belongs to. */
export const NODEPOOL: Complete<Omit<NodepoolConfigProps, 'providers'>> = {
  zookeeperTimeout: 10,
  labels: [{ name: 'name', minReady: 5, maxReadyAge: 5 }],
  diskimages: [{
    name: 'name',
    isAbstract: true,
    parent: 'parent',
    dibCmd: 'dib-cmd',
    pause: true,
    elements: ['elements'],
    formats: ['formats'],
    keepFormats: ['keep-formats'],
    deleteAfterUpload: true,
    release: 'release',
    releaseNumber: 5,
    rebuildAge: 5,
    buildTimeout: 5,
    envVars: { myOwn_key: 'x' },
    username: 'username',
    pythonPath: 'python-path',
    metadata: { myOwn_key: 'x' },
    shellType: 'shell-type',
  }],
  maxHoldAge: 5,
  tenantResourceLimits: [{
    tenantName: 'tenant-name', maxServers: 5, maxCores: 5, maxRam: 5, maxVolumes: 5, maxVolumeGb: 5, quotas: { myOwn_key: 7 },
  }],
};
