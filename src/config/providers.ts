import { Located } from './located';

/** The driver that Nodepool uses for a provider; `undefined` when only the environment tells, or nothing useful is set. */
export function effectiveDriver(provider: Located): string | undefined {
  // A name that begins with "fake" decides, whatever driver is written.
  if (provider.get('name')?.text?.startsWith('fake')) { return 'fake'; }
  const driver = provider.get('driver');
  if (!driver) { return 'openstack'; }
  return driver.isUnknown ? undefined : driver.text;
}

/** The providers that some drivers serve. */
export function providersOf(config: Located, drivers: ReadonlySet<string>): Array<{ provider: Located; driver: string }> {
  return config.items('providers').flatMap(provider => {
    const driver = provider.isMap ? effectiveDriver(provider) : undefined;
    return driver !== undefined && drivers.has(driver) ? [{ provider, driver }] : [];
  });
}

/** Every label of every pool of a provider. */
export function poolLabels(provider: Located): Located[] {
  return provider.items('pools').flatMap(pool => pool.items('labels'));
}
