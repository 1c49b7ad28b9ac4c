import { Complete } from './complete';
import { MetastaticProvider } from '../../../../src/config';

/** A provider with every prop; each text is the key that it belongs to. */
export const METASTATIC: Complete<MetastaticProvider> = {
  name: 'name',
  maxConcurrency: 5,
  priority: 5,
  bootTimeout: 5,
  launchTimeout: 5,
  launchRetries: 5,
  pools: [{
    name: 'name',
    maxServers: 5,
    hostKeyChecking: true,
    nodeAttributes: { myOwn_key: 'x' },
    priority: 5,
    labels: [{
      name: 'name', backingLabel: 'backing-label', maxParallelJobs: 5, graceTime: 5, minRetentionTime: 5, maxAge: 5, hostKeyChecking: true,
    }],
  }],
  rate: 5,
};
