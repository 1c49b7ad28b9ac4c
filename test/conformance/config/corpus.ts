import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import probes from '../../config/verdicts/probes.json';

/** A configuration to judge. */
export interface Sample {
  readonly name: string;
  readonly text: string;
}

/** Values for the fields that Nodepool's own tests fill in. */
const FIELDS: Record<string, string> = {
  images_dir: '/var/lib/images',
  build_log_dir: '/var/log/build',
  zookeeper_host: 'localhost',
  zookeeper_port: '2281',
  zookeeper_chroot: '/nodepool_test/abc',
  zookeeper_ca: '/zk/ca.pem',
  zookeeper_cert: '/zk/cert.pem',
  zookeeper_key: '/zk/key.pem',
  subnet_id: 'subnet-1',
  security_group_id: 'sg-1',
  instance_profile_name: 'profile',
  instance_profile_arn: 'arn:aws:iam::1:instance-profile/profile',
  auth_path: '/etc/azure.json',
  context_name: 'admin-cluster.local',
};

/** The recorded configurations. */
export function probeSamples(): Sample[] {
  return probes.map(({ name, yaml }) => ({ name, text: yaml }));
}

/** The fixtures of Nodepool's source distribution, filled in as its tests do. */
export function fixtureSamples(directory: string): Sample[] {
  return (readdirSync(directory, { recursive: true }) as string[]).filter(name => /\.ya?ml$/.test(name)).sort().map(name => {
    const text = readFileSync(join(directory, name), 'utf8');
    const verbatim = name.startsWith('config_validate/') || name === 'clouds.yaml';
    return { name, text: verbatim ? text : filled(text) };
  });
}

/** Python's `str.format` for what the fixtures hold. */
function filled(text: string): string {
  return text.replace(/\{\{|\}\}|\{(\w+)\}/g, (braces, field?: string) => (field === undefined ? braces[0] : FIELDS[field] ?? `unknown-${field}`));
}
