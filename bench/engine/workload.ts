/** What everybody who is measured has to do: the same prompts, seeds and limits, so the same tokens up to rounding. */
export interface Workload {
  readonly modelPath: string;
  readonly streams: number;
  /** Answers that each stream asks for, one after the other. */
  readonly rounds: number;
  readonly maxTokens: number;
  readonly contextLength: number;
  readonly threads: number;
}

export interface Measurement {
  readonly tokens: number;
  readonly ms: number;
  /** Median time to the first token over all answers. */
  readonly firstTokenMs: number;
}

const PROMPTS = [
  'Tell me a story',
  'What can you do?',
  'Write about a lamp in the rain',
  'How do I get a larger model?',
  'Count from 1 to 20',
];

export const SAMPLING = { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.05 } as const;

/** The question that a stream asks in a round, and the seed for its answer. */
export function toQuestion(stream: number, round: number): { readonly content: string; readonly seed: number } {
  const index = stream + round * 3;
  return { content: PROMPTS[index % PROMPTS.length] ?? 'Hello', seed: 1 + index };
}

export interface OneAnswer {
  readonly tokens: number;
  readonly firstTokenMs: number;
}

/** Runs all streams at once, each asking its questions in turn. */
export async function measure(workload: Workload, ask: (stream: number, round: number) => Promise<OneAnswer>): Promise<Measurement> {
  const answers: OneAnswer[] = [];
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: workload.streams }, async (_, stream) => {
      for (let round = 0; round < workload.rounds; round += 1) answers.push(await ask(stream, round));
    }),
  );
  const ms = performance.now() - startedMs;
  const firsts = answers.map(({ firstTokenMs }) => firstTokenMs).toSorted((left, right) => left - right);
  return { tokens: answers.reduce((sum, { tokens }) => sum + tokens, 0), ms, firstTokenMs: firsts[Math.floor(firsts.length / 2)] ?? 0 };
}
