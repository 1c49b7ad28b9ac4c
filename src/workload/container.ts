import { Size, SizeRoundingBehavior } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { k8s } from 'cdk8s-plus-27';

/** What Pod Security `restricted` asks of a container, and a root file system that nothing writes to. */
export const RESTRICTED_CONTAINER: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

/** Resources as cdk8s-plus spells them, each over its default, as Kubernetes spells them. */
export function resourceRequirements(given: kplus.ContainerResources | undefined, defaults: kplus.ContainerResources): k8s.ResourceRequirements {
  const cpu = { ...defaults.cpu, ...given?.cpu };
  const memory = { ...defaults.memory, ...given?.memory };
  const storage = { ...defaults.ephemeralStorage, ...given?.ephemeralStorage };
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

function quantities(cpu?: kplus.Cpu, memory?: Size, storage?: Size): { [resource: string]: k8s.Quantity } | undefined {
  const found: { [resource: string]: k8s.Quantity } = {};
  if (cpu) { found.cpu = k8s.Quantity.fromString(cpu.amount); }
  if (memory) { found.memory = k8s.Quantity.fromString(sizeQuantity(memory)); }
  if (storage) { found['ephemeral-storage'] = k8s.Quantity.fromString(sizeQuantity(storage)); }
  return Object.keys(found).length > 0 ? found : undefined;
}
