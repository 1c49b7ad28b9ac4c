import { Size, SizeRoundingBehavior } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { k8s } from 'cdk8s-plus-27';
import { IConstruct } from 'constructs';
import { shown } from './checks';
import { checkAll, fail } from './errors';
import { checkKnownProps, propsOf } from './known-props';
import { quantity } from './plain';

/** What Pod Security `restricted` asks of a container, and a root file system that nothing writes to. */
export const RESTRICTED_CONTAINER: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** Resources as cdk8s-plus spells them, each over its default, as Kubernetes spells them. */
export function resourceRequirements(
  scope: IConstruct, prop: string, given: kplus.ContainerResources | undefined, defaults: kplus.ContainerResources,
): k8s.ResourceRequirements {
  checkResourceNames(scope, prop, given);
  checkAll([
    () => checkRange(scope, `${prop}.cpu`, given?.cpu, millis, 'Cpu.millis(500)'),
    () => checkRange(scope, `${prop}.memory`, given?.memory, kibibytes, 'Size.gibibytes(2)'),
    () => checkRange(scope, `${prop}.ephemeralStorage`, given?.ephemeralStorage, kibibytes, 'Size.gibibytes(2)'),
  ]);
  const cpu = range(given?.cpu, defaults.cpu, millis);
  const memory = range(given?.memory, defaults.memory, kibibytes);
  const storage = range(given?.ephemeralStorage, defaults.ephemeralStorage, kibibytes);
  return {
    requests: quantities(cpu.request, memory.request, storage.request),
    limits: quantities(cpu.limit, memory.limit, storage.limit),
  };
}

/** A size as a quantity: whole Gi where it is one, else Mi. */
export function sizeQuantity(size: Size): string {
  const gibibytes = size.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
  return Number.isInteger(gibibytes) ? `${gibibytes}Gi` : `${Math.ceil(size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }))}Mi`;
}

const RESOURCES = propsOf<kplus.ContainerResources>({ cpu: true, memory: true, ephemeralStorage: true });
const RANGE = propsOf<kplus.CpuResources>({ request: true, limit: true });

function checkResourceNames(scope: IConstruct, prop: string, given: any): void {
  if (given?.limits !== undefined || given?.requests !== undefined) {
    fail(scope, `'${prop}' is not spelt as Kubernetes spells it but by cpu, memory and ephemeralStorage, each with request and limit,`
      + ' such as { memory: { request: Size.gibibytes(1), limit: Size.gibibytes(2) } }');
  }
  checkKnownProps(scope, prop, given, RESOURCES);
  checkAll(RESOURCES.map(resource => () => checkKnownProps(scope, `${prop}.${resource}`, given?.[resource], RANGE)));
}

interface Range<T> {
  readonly request?: T;
  readonly limit?: T;
}

/** What is given over its default; a default gives way where it would put the request above the limit. */
function range<T>(given: Range<T> | undefined, defaults: Range<T> | undefined, amount: (value: T) => number): Range<T> {
  const smaller = (one: T, other?: T) => other !== undefined && amount(other) < amount(one) ? other : one;
  const larger = (one: T, other?: T) => other !== undefined && amount(other) > amount(one) ? other : one;
  return {
    request: given?.request ?? (defaults?.request && smaller(defaults.request, given?.limit)),
    limit: given?.limit ?? (defaults?.limit && larger(defaults.limit, given?.request)),
  };
}

function checkRange<T>(scope: IConstruct, prop: string, given: Range<T> | undefined, amount: (value: T) => number, example: string): void {
  for (const field of ['request', 'limit'] as const) {
    const value = given?.[field];
    if (value !== undefined && !(amount(value) >= 0)) { fail(scope, `'${prop}.${field}' must be an amount such as ${example}, got ${shown(value)}`); }
  }
  if (given?.request !== undefined && given.limit !== undefined && amount(given.request) > amount(given.limit)) {
    fail(scope, `'${prop}.request' must not be more than '${prop}.limit'`);
  }
}

function millis(cpu: kplus.Cpu): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(cpu?.amount));
  return match ? Number(match[1]) * (match[2] ? 1 : 1000) : NaN;
}

function kibibytes(size: Size): number {
  return typeof size?.toKibibytes === 'function' ? size.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) : NaN;
}

function quantities(cpu?: kplus.Cpu, memory?: Size, storage?: Size): { [resource: string]: k8s.Quantity } | undefined {
  const found: { [resource: string]: k8s.Quantity } = {};
  if (cpu) { found.cpu = quantity(cpu.amount); }
  if (memory) { found.memory = quantity(sizeQuantity(memory)); }
  if (storage) { found['ephemeral-storage'] = quantity(sizeQuantity(storage)); }
  return Object.keys(found).length > 0 ? found : undefined;
}

/** An amount of CPU of our own, without loading cdk8s-plus for it. */
export function millicores(amount: number): kplus.Cpu {
  // whole CPUs without the m, as they read back.
  return { amount: amount % 1000 === 0 ? `${amount / 1000}` : `${amount}m` } as kplus.Cpu;
}
