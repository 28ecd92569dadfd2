import type { AnswerTimes } from './ask-stream.ts';

export interface Sample {
  readonly answers: readonly AnswerTimes[];
  /** Of the whole round or rounds. */
  readonly elapsedMs: number;
}

/** What was measured of the server in one way to run it, beside the same asked directly. */
export interface Measured {
  readonly direct: Sample;
  readonly through: Sample;
  /** CPU time of the server process during the rounds through it. */
  readonly cpuMs: number;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function merge(samples: readonly Sample[]): Sample {
  return { answers: samples.flatMap((sample) => sample.answers), elapsedMs: samples.reduce((sum, sample) => sum + sample.elapsedMs, 0) };
}

/** A row of a table, cells padded to the widths of the columns. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** Added to the first token: the quantiles of one against the other. */
export function pacedCells({ direct, through }: Measured): readonly string[] {
  const first = (sample: Sample, share: number): number =>
    quantile(
      sample.answers.map((answer) => answer.firstTokenMs),
      share,
    );
  const added = (share: number): string => {
    const difference = first(through, share) - first(direct, share);
    return `${difference >= 0 ? '+' : ''}${difference.toFixed(1)}`;
  };
  const rate = (sample: Sample): number => sample.answers.length / sample.elapsedMs;
  return [
    `${first(direct, 0.5).toFixed(1)} / ${first(direct, 0.99).toFixed(1)}`,
    `${first(through, 0.5).toFixed(1)} / ${first(through, 0.99).toFixed(1)}`,
    `${added(0.5)} / ${added(0.99)}`,
    (rate(through) / rate(direct)).toFixed(3),
  ];
}

export function floodCells({ direct, through, cpuMs }: Measured, tokensPerAnswer: number): readonly string[] {
  const rate = ({ answers, elapsedMs }: Sample): number => (answers.length * tokensPerAnswer * 1_000) / elapsedMs;
  const tokens = through.answers.length * tokensPerAnswer;
  return [
    Math.round(rate(direct)).toLocaleString('en'),
    Math.round(rate(through)).toLocaleString('en'),
    (rate(through) / rate(direct)).toFixed(2),
    ((cpuMs * 1_000) / tokens).toFixed(1),
  ];
}
