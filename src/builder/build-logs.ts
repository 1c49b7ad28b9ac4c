import { ApiObject, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { HOME } from '../service/nodepool-service';
import { asset } from '../workload/assets';
import { dataDigest, fileConfigMap } from '../workload/config-map';
import { millicores, resourceRequirements } from '../workload/container';
import { ContainerImage } from '../workload/image';
import { checkKnownProps, propsOf } from '../workload/known-props';
import { intOrString } from '../workload/plain';
import { checkImage } from '../workload/pod-checks';
import { ServicePod } from '../workload/service-pod';

/** What is served: the directory of the builder's volume that holds the build logs. */
export const BUILDS_DIR = `${HOME}/builds`;

/** The port of the server, in the pod and of the Service. */
export const BUILD_LOGS_PORT = { name: 'build-logs', port: 8080 };

const CONFIG_DIR = '/etc/nodepool-build-logs';
const DEFAULT_IMAGE = 'quay.io/software-factory/httpd-24:1-1756313744';

/** The server of the build logs. */
export interface BuildLogsOptions {
  /**
   * An image with Apache httpd 2.4 and its usual modules, with `httpd` in the PATH: the Software Factory's, or `docker.io/library/httpd`.
   *
   * @default - quay.io/software-factory/httpd-24
   */
  readonly image?: ContainerImage;

  /**
   * CPU and memory of the server.
   *
   * @default - requests 10m CPU and 32Mi memory, limits 200m CPU and 128Mi memory
   */
  readonly resources?: kplus.ContainerResources;
}

const BUILD_LOGS_PROPS = propsOf<BuildLogsOptions>({ image: true, resources: true });

/** Adds the container that serves the build logs, and returns its configuration. */
export function addBuildLogs(scope: Construct, pod: ServicePod, name: string, options: BuildLogsOptions): ApiObject {
  checkKnownProps(scope, 'buildLogs', options, BUILD_LOGS_PROPS);
  checkImage(scope, 'buildLogs.image', options.image);
  const configMap = fileConfigMap(scope, 'BuildLogs', `${name}-build-logs`, pod.labels, { 'httpd.conf': asset('build-logs/httpd.conf') });
  pod.addConfigMap('build-logs-config', configMap.name, CONFIG_DIR, { mount: false });
  pod.addEmptyDir('build-logs-tmp', '/tmp', { mount: false });
  pod.addChecksum('build-logs', () => dataDigest(configMap));

  const port = intOrString(BUILD_LOGS_PORT.name);
  pod.addSidecar({
    name: 'build-logs',
    image: pod.mirrored(options.image ?? ContainerImage.parse(DEFAULT_IMAGE)).toString(),
    command: ['httpd', '-D', 'FOREGROUND', '-f', `${CONFIG_DIR}/httpd.conf`],
    ports: [{ name: BUILD_LOGS_PORT.name, containerPort: BUILD_LOGS_PORT.port, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/nodepool/builds/', port, scheme: 'HTTP' }, periodSeconds: 10 },
    livenessProbe: { tcpSocket: { port }, periodSeconds: 20, failureThreshold: 3 },
    resources: resourceRequirements(scope, 'buildLogs.resources', options.resources, {
      cpu: { request: millicores(10), limit: millicores(200) },
      memory: { request: Size.mebibytes(32), limit: Size.mebibytes(128) },
    }),
    volumeMounts: [
      { name: 'build-logs-config', mountPath: CONFIG_DIR, readOnly: true },
      { name: 'build-logs-tmp', mountPath: '/tmp' },
      // the logs alone: the images on the same volume are not for everyone.
      { name, mountPath: BUILDS_DIR, subPath: 'builds', readOnly: true },
    ],
  });
  return configMap;
}
