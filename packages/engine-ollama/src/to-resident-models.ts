import type { ModelDescription, ResidentModel } from '@pilotlight/contract';
import { amountOf, fieldsOf, listOf, textOf } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

/**
 * The rows of `/api/ps`. A row bears the name under which the weights were loaded first; every other known name on the same weights is in memory too, and
 * is added without a size, so that sizes can be summed.
 */
export function toResidentModels(body: Fields, known: readonly ModelDescription[]): ResidentModel[] {
  const rows = listOf(body['models']).flatMap((value): ResidentModel[] => {
    const row = fieldsOf(value);
    const name = textOf(row['name']) ?? textOf(row['model']);
    if (name === undefined) return [];
    const memoryBytes = amountOf(row['size']);
    const gpuBytes = amountOf(row['size_vram']);
    const expiresAtMs = Date.parse(textOf(row['expires_at']) ?? '');
    const contextLength = amountOf(row['context_length']);
    return [
      {
        name,
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
        ...(gpuBytes === undefined || memoryBytes === undefined ? {} : { gpuBytes: Math.min(gpuBytes, memoryBytes) }),
        ...(contextLength === undefined || contextLength === 0 ? {} : { contextLength }),
        ...(Number.isFinite(expiresAtMs) ? { expiresAtMs } : {}),
      },
    ];
  });
  const named = new Set(rows.map((row) => row.name));
  const aliases = rows.flatMap((row) => {
    const key = known.find((model) => model.name === row.name)?.weightsKey;
    const others = known.filter((model) => model.weightsKey === key && !named.has(model.name));
    return others.map((model) => toAlias(model.name, row));
  });
  return [...rows, ...aliases];
}

function toAlias(name: string, { contextLength }: ResidentModel): ResidentModel {
  return contextLength === undefined ? { name } : { name, contextLength };
}
