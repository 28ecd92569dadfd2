import { isMovable, sum } from './holding.ts';
import type { Holder } from './holding.ts';
import { planLoad, toShortBytes } from './plan-load.ts';
import type { LoadPlan, LoadQuestion } from './plan-load.ts';

/** What is free of each kind of memory where a machine has graphics memory: `freeBytes` of the pool is then what the machine has, without the budget. */
export interface GraphicsFree {
  readonly freeBytes: number;
  /** Of what the models may take of both together; `Infinity`: there is no budget. */
  readonly budgetFreeBytes: number;
}

export interface PlacedQuestion extends LoadQuestion {
  /** The load takes graphics memory, as far as that can be had. */
  readonly takesGraphics?: boolean | undefined;
  /** Absent: there is none to count, and `freeBytes` is all there is to it. */
  readonly graphics?: GraphicsFree | undefined;
}

/**
 * What `planLoad` says, for a machine with graphics memory: a load must fit into that, into the machine's memory and into the budget. Each is asked for
 * its part, and the worst answer counts; what has to leave is what any of them needs to be without.
 */
export function planWithGraphics(question: PlacedQuestion): LoadPlan {
  const { graphics, needsBytes, holders } = question;
  if (!graphics) return planLoad(question);
  const gpuBytes = toGraphicsShare(question);
  const inGraphics = {
    ...question,
    needsBytes: gpuBytes,
    freeBytes: graphics.freeBytes,
    recoveringBytes: 0,
    holders: toParts(holders, graphicsOf),
  };
  const inMachine = { ...question, needsBytes: needsBytes - gpuBytes, holders: toParts(holders, machineOf) };
  const inBudget = { ...question, freeBytes: graphics.budgetFreeBytes, recoveringBytes: 0 };
  const asked = [inGraphics, inMachine, inBudget].filter((part) => part.needsBytes > 0);
  const plans = asked.map(planLoad);
  const never = plans.filter((plan) => plan.type === 'never');
  if (never.length > 0) {
    const most = plans.map((plan, index) =>
      plan.type === 'never' ? plan.mostBytes + (asked[index] === inMachine ? gpuBytes : 0) : Infinity,
    );
    const fixed = inFull(
      never.flatMap((plan) => plan.fixed),
      question,
    );
    return { type: 'never', mostBytes: Math.min(...most), fixed, ...(question.takesGraphics && { isWithGraphics: true }) };
  }
  const waits = plans.filter((plan) => plan.type === 'wait');
  if (waits.length > 0) return joinWaits(waits, question);
  const unloads = plans.filter((plan) => plan.type === 'unload');
  if (unloads.length === 0) return { type: 'fits' };
  const victims = withoutNeedless(
    inFull(
      unloads.flatMap((plan) => plan.victims),
      question,
    ),
    asked,
  );
  return { type: 'unload', victims, drains: victims.some(({ standing }) => standing === 'busy') };
}

/**
 * How much of a load goes into graphics memory: all of it if it fits there with others unloaded, else as much as can be had. Ollama and llama.cpp leave the
 * rest in the machine's memory.
 */
export function toGraphicsShare({ key, takesGraphics, graphics, needsBytes, holders }: PlacedQuestion): number {
  if (takesGraphics !== true || !graphics) return 0;
  const movable = holders.filter((holder) => holder.key !== key && isMovable(holder));
  return Math.min(needsBytes, Math.max(0, graphics.freeBytes + sum(movable, graphicsOf)));
}

export interface Free {
  readonly freeBytes: number;
  readonly graphics?: GraphicsFree | undefined;
}

/** What is left of it when these have theirs, who were not counted yet. */
export function toRest({ freeBytes, graphics }: Free, taking: readonly Holder[]): Free {
  if (!graphics) return { freeBytes: freeBytes - sum(taking, ({ bytes }) => bytes) };
  return {
    freeBytes: freeBytes - sum(taking, machineOf),
    graphics: {
      freeBytes: graphics.freeBytes - sum(taking, graphicsOf),
      budgetFreeBytes: graphics.budgetFreeBytes - sum(taking, ({ bytes }) => bytes),
    },
  };
}

/** What a load that takes graphics memory, or does not, could take of all together. */
export function toFreeInAll({ freeBytes, graphics }: Free, takesGraphics: boolean): number {
  if (!graphics) return freeBytes;
  const ofGraphics = takesGraphics ? Math.max(0, graphics.freeBytes) : 0;
  return Math.min(graphics.budgetFreeBytes, Math.max(0, freeBytes) + ofGraphics);
}

function graphicsOf({ gpuBytes = 0 }: Holder): number {
  return gpuBytes;
}

function machineOf({ bytes, gpuBytes = 0 }: Holder): number {
  return bytes - gpuBytes;
}

/** Those who hold some of one kind of memory, with how much of it. */
function toParts(holders: readonly Holder[], amount: (holder: Holder) => number): readonly Holder[] {
  return holders.flatMap((holder) => {
    const bytes = amount(holder);
    return bytes > 0 ? [{ ...holder, bytes }] : [];
  });
}

/** The same holders, each once, with all that they hold. */
function inFull(parts: readonly Holder[], { holders }: LoadQuestion): readonly Holder[] {
  const keys = new Set(parts.map(({ key }) => key));
  return holders.filter(({ key }) => keys.has(key));
}

const REASONS = ['in_use', 'just_loaded', 'leaving'] as const;

function joinWaits(waits: readonly Extract<LoadPlan, { type: 'wait' }>[], question: LoadQuestion): LoadPlan {
  const times = waits.flatMap(({ againAtMs }) => againAtMs ?? []);
  const reason = REASONS.find((each) => waits.some((wait) => wait.reason === each)) ?? 'leaving';
  return {
    type: 'wait',
    reason,
    holders: inFull(
      waits.filter((wait) => wait.reason === reason).flatMap(({ holders }) => holders),
      question,
    ),
    ...(times.length > 0 && { againAtMs: Math.min(...times) }),
  };
}

/** Chosen for one kind of memory, a model may free enough of another; so one that was chosen for that may stay. */
function withoutNeedless(victims: readonly Holder[], asked: readonly LoadQuestion[]): readonly Holder[] {
  const left = [...victims];
  for (const victim of victims) {
    const others = new Set(left.filter((other) => other !== victim).map(({ key }) => key));
    const isEnough = asked.every((part) => sum(part.holders, ({ key, bytes }) => (others.has(key) ? bytes : 0)) >= toShortBytes(part));
    if (isEnough) left.splice(left.indexOf(victim), 1);
  }
  return left;
}
