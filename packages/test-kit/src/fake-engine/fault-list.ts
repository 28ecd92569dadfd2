import type { Fault } from './fake-engine-config.ts';

/** The faults that are set now, with how often each may still strike. */
export interface FaultList {
  replace(faults: readonly Fault[]): void;
  add(fault: Fault): void;
  /** The first fault that fits, used up by one. `on` is a path, or `answer`. */
  take(on: string, model: string | undefined): Fault | undefined;
}

export function createFaultList(initial: readonly Fault[]): FaultList {
  let entries: { readonly fault: Fault; left: number }[] = [];
  const add = (fault: Fault): void => void entries.push({ fault, left: fault.times ?? Infinity });
  for (const fault of initial) add(fault);

  function fits(fault: Fault, on: string, model: string | undefined): boolean {
    const place = fault.on ?? 'answer';
    if (place !== on && !(place === '*' && on !== 'answer')) return false;
    return fault.model === undefined || fault.model === model;
  }

  return {
    add,
    replace(faults) {
      entries = [];
      for (const fault of faults) add(fault);
    },
    take(on, model) {
      const entry = entries.find(({ fault, left }) => left > 0 && fits(fault, on, model));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      return entry.fault;
    },
  };
}
