import { AwsAllocationStrategy, Diskimage, NodepoolConfig, Provider } from 'cdk8s-nodepool';

const fedora: Diskimage = { name: 'fedora', elements: ['fedora', 'zuul-worker'], release: '42', envVars: { DIB_CHECKSUM: '1' } };

const config = new NodepoolConfig({
  labels: [{ name: 'small', minReady: 2 }, { name: 'bare-metal' }],
  diskimages: [fedora],
  providers: [
    Provider.aws({
      name: 'frankfurt',
      regionName: 'eu-central-1',
      objectStorage: { bucketName: 'images-of-nodepool' },
      diskimages: [{ name: 'fedora' }],
      pools: [{
        name: 'main',
        maxServers: 20,
        labels: [{
          name: 'small',
          diskimage: 'fedora',
          keyName: 'zuul',
          useSpot: true,
          fleet: { instanceTypes: ['m7a.large', 'm7i.large'], allocationStrategy: AwsAllocationStrategy.PRICE_CAPACITY_OPTIMIZED },
          tags: { costCenter: 'ci' },
        }],
      }],
    }),
  ],
  tenantResourceLimits: [{ tenantName: 'team-a', maxCores: 64, quotas: { 'L-34B43A08': 32 } }],
  zookeeperTimeout: 10,
});

config.addProvider(Provider.staticNodes({
  name: 'rack',
  pools: [{ name: 'main', nodes: [{ name: 'node01.example.com', labels: ['bare-metal'], hostKeys: ['ssh-ed25519 AAAA…'] }] }],
}));

export { config };
