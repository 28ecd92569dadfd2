/** Lets loads in, so many at once for each engine; the place where a plan of the memory decides later. Those who wait are let in in order. */
export interface LoadGate {
  /** Calls `admit` once, now or later. Disposing gives the place back, or leaves the line. */
  ask(asker: LoadAsker): Disposable;
  /** Whose load is going on, for those who wait. */
  readonly ahead: (engine: string) => string | undefined;
}

export interface LoadAsker {
  readonly engine: string;
  readonly model: string;
  readonly admit: () => void;
}

export function createLoadGate(placesOf: (engine: string) => number): LoadGate {
  const inside = new Set<LoadAsker>();
  const waiting = new Set<LoadAsker>();

  function letIn(engine: string): void {
    for (const asker of [...waiting]) {
      if (asker.engine !== engine) continue;
      if (insideOf(engine).length >= placesOf(engine)) return;
      waiting.delete(asker);
      inside.add(asker);
      asker.admit();
    }
  }
  function insideOf(engine: string): readonly LoadAsker[] {
    return [...inside].filter((asker) => asker.engine === engine);
  }

  return {
    ask(asker) {
      waiting.add(asker);
      letIn(asker.engine);
      return {
        [Symbol.dispose]() {
          waiting.delete(asker);
          if (inside.delete(asker)) letIn(asker.engine);
        },
      };
    },
    ahead: (engine) => insideOf(engine)[0]?.model,
  };
}
