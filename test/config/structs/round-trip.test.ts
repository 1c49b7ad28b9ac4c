import { NotTyped, roundTrip } from './typed';
import probes from '../verdicts/probes.json';

/** Valid configurations that typed structs do not say, and why: what Python lets through, and drivers of Nodepool's own tests. */
const NOT_TYPED: Record<string, string> = {
  'max-hold-age: true': 'max-hold-age: boolean is not of type number',
  'max-hold-age: 99999999999999999999': 'max-hold-age: bigint is not of type number',
  'diskimage release: true': 'diskimages.release: boolean is not of type string',
  'trl max-cores bool': 'tenant-resource-limits.max-cores: boolean is not of type number',
  'metadata anything': 'diskimages.metadata: a key that is no text',
  'max-concurrency bool': 'providers[a].max-concurrency: boolean is not of type number',
  'driver test': "driver test is one of Nodepool's own tests",
  'driver example': "driver example is one of Nodepool's own tests",
  'driver fake': "driver fake is one of Nodepool's own tests",
  'os rate "0.5"': 'providers[o].rate: string is not of type number',
  'os rate true': 'providers[o].rate: boolean is not of type number',
  'os rate "nan"': 'providers[o].rate: string is not of type number',
  'os rate spaces': 'providers[o].rate: string is not of type number',
  'os min-ram bool': 'providers[o].pools.labels.min-ram: boolean is not of type number',
  'aws fleet ok': 'providers[a].pools.labels.fleet.instance-types: number is not of type string',
  'aws rate true': 'providers[a].rate: boolean is not of type number',
  'aws max-resources': 'providers[a].pools.max-resources: boolean is not of type number',
  'azure rate str': 'providers[z].rate: string is not of type number',
  'label min-ready bool': 'labels.min-ready: boolean is not of type number',
  'openstack rate "\\x0b1\\x85"': 'providers[p].rate: string is not of type number',
  'openstack rate "1 \\u2028"': 'providers[p].rate: string is not of type number',
  'an integer of 180 parts to the base 60': 'max-hold-age: bigint is not of type number',
  'ibm provider flags': 'providers[ib].rate: string is not of type number',
};

/** Those that Nodepool accepts and the daemons can read; those that fail because loading misses something are no less data. */
const valid = probes.filter(({ validate, load_error }) => validate === 'ok' && !load_error?.startsWith('ScannerError'));

test.each(valid.filter(({ name }) => !NOT_TYPED[name]).map(({ name, yaml }) => [name, yaml]))('typed structs say the same: %s', (_, yaml) => {
  expect(roundTrip(yaml)).toBeUndefined();
});

test.each(Object.entries(NOT_TYPED))('fails to be said typed: %s', (name, reason) => {
  const { yaml } = valid.find(probe => probe.name === name)!;
  expect(() => roundTrip(yaml)).toThrow(new NotTyped(reason));
});
