import { z } from 'zod';

/** Where a deployment is in its life. What each means: docs/ARCHITECTURE.md. */
export const PHASES = [
  'unknown',
  'absent',
  'downloading',
  'cold',
  'queued',
  'loading',
  'warming',
  'ready',
  'busy',
  'draining',
  'unloading',
  'failed',
  'wedged',
] as const;

export const phaseSchema = z.enum(PHASES);
export type Phase = z.infer<typeof phaseSchema>;

/** What a generation is waiting for or doing: the phases of its deployment, and what happens inside an attempt. */
export const GENERATION_PHASES = [...PHASES, 'summarising', 'reading', 'answering', 'stalled', 'retrying'] as const;
export const generationPhaseSchema = z.enum(GENERATION_PHASES);
export type GenerationPhase = z.infer<typeof generationPhaseSchema>;

/** A phase with what is measured of it, as every terminal shows it: "loading, 41 %". */
export function toPhaseWords({ phase, progress }: { readonly phase: GenerationPhase; readonly progress?: number | undefined }): string {
  return progress === undefined ? phase : `${phase}, ${Math.round(progress * 100)} %`;
}

/** An estimate is shown only with what it rests on, such as "median of the last 5 loads". */
export const estimateSchema = z.object({
  seconds: z.number().nonnegative(),
  basis: z.string(),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** What was seen, and when. */
export const evidenceSchema = z.object({
  text: z.string(),
  at: z.string(),
});
export type Evidence = z.infer<typeof evidenceSchema>;
