/** The last measurements of one thing, and their median. */
export interface Sample {
  readonly count: number;
  add(value: number): void;
  /** Undefined while there is nothing to tell from. */
  median(): number | undefined;
  /** What so large a share of them does not exceed; undefined while there is nothing to tell from. */
  quantile(share: number): number | undefined;
  /** The measurements, oldest first. */
  values(): readonly number[];
  /** Puts earlier measurements before those that there are. */
  precede(values: readonly number[]): void;
}

const KEPT = 20;

export function createSample(): Sample {
  const values: number[] = [];
  let median: number | undefined;
  return {
    get count() {
      return values.length;
    },
    add(value) {
      values.push(value);
      if (values.length > KEPT) values.shift();
      median = undefined;
    },
    median() {
      if (median !== undefined || values.length === 0) return median;
      const sorted = values.toSorted((a, b) => a - b);
      const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
      const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? upper;
      median = (lower + upper) / 2;
      return median;
    },
    quantile(share) {
      const sorted = values.toSorted((a, b) => a - b);
      return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
    },
    values: () => [...values],
    precede(earlier) {
      values.unshift(...earlier.slice(-KEPT));
      values.splice(0, Math.max(0, values.length - KEPT));
      median = undefined;
    },
  };
}
