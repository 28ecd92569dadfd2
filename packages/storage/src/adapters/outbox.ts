/** What goes to another thread, as few messages as can be: each wakes it, which costs more than what is in it. */
export interface Outbox<Item> {
  add(item: Item): void;
  /** Posts what is waiting now. */
  flush(): void;
}

interface OutboxOptions<Item> {
  /** Runs the body soon; what is added until then goes together. */
  readonly defer: (body: () => void) => void;
  readonly post: (items: readonly Item[]) => void;
}

/** Keeps the order in which things were added. */
export function createOutbox<Item>({ defer, post }: OutboxOptions<Item>): Outbox<Item> {
  let waiting: Item[] = [];

  function flush(): void {
    if (waiting.length === 0) return;
    const items = waiting;
    waiting = [];
    post(items);
  }

  return {
    add(item) {
      waiting.push(item);
      if (waiting.length === 1) defer(flush);
    },
    flush,
  };
}
