import { adminCommands } from './admin-commands';
import { apply } from './apply';
import { builderKeyJob } from './builder-key-job';
import { configFromGit } from './config-from-git';
import { configReload } from './config-reload';
import { deadCloud } from './dead-cloud';
import { dibAnsible } from './dib-ansible';
import { imageBuild } from './image-build';
import { kubernetesDriver } from './kubernetes-driver';
import { openshiftDib } from './openshift-dib';
import { openshiftUid } from './openshift-uid';
import { openshiftpods } from './openshiftpods';
import { providersReload } from './providers-reload';
import { ready } from './ready';
import { sealedSecrets } from './sealed-secrets';
import { sops } from './sops';
import { stop } from './stop';
import { upgrade } from './upgrade';
import { zookeeperBackup } from './zookeeper-backup';
import { zookeeperClientRenewal } from './zookeeper-client-renewal';
import { zookeeperExistingTls } from './zookeeper-existing-tls';
import { zookeeperLeaderLoss } from './zookeeper-leader-loss';
import { zookeeperMove } from './zookeeper-move';
import { zookeeperOutage } from './zookeeper-outage';
import { zookeeperProbes } from './zookeeper-probes';
import { zookeeperQuorum } from './zookeeper-quorum';
import { zookeeperRenewal } from './zookeeper-renewal';
import { zookeeperScaling } from './zookeeper-scaling';
import { zookeeperStack } from './zookeeper-stack';
import { zookeeperVolumes } from './zookeeper-volumes';
import { Scenario } from '../harness/scenario';

/** Every scenario, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  apply,
  ready,
  openshiftpods,
  kubernetesDriver,
  configReload,
  providersReload,
  adminCommands,
  imageBuild,
  stop,
  deadCloud,
  zookeeperOutage,
  upgrade,
  openshiftUid,
  builderKeyJob,
  dibAnsible,
  openshiftDib,
  configFromGit,
  sops,
  sealedSecrets,
  // these four share an ensemble, which the last one takes away.
  zookeeperQuorum,
  zookeeperProbes,
  zookeeperLeaderLoss,
  zookeeperRenewal,
  zookeeperExistingTls,
  zookeeperScaling,
  zookeeperBackup,
  zookeeperVolumes,
  zookeeperClientRenewal,
  zookeeperStack,
  zookeeperMove,
];
