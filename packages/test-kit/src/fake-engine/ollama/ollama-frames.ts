import type { AnswerPlan, AnswerStep } from '../answer-plan.ts';
import type { AnswerFrames } from '../play-answer.ts';
import type { AnswerTimes } from '../run-answer.ts';

/** Where the text of a line is: `message.content` for chat, `response` for generate. */
export type OllamaShape = 'chat' | 'generate';

const toNanoseconds = (ms: number): number => Math.round(ms * 1e6);

function toMetrics(plan: AnswerPlan, times: AnswerTimes): object {
  const totalMs = performance.now() - times.startedAt;
  const answerMs = Math.max(0.001, totalMs - times.loadMs);
  return {
    done_reason: plan.reason,
    total_duration: toNanoseconds(totalMs),
    load_duration: toNanoseconds(Math.max(0.001, times.loadMs)),
    prompt_eval_count: plan.promptTokens,
    prompt_eval_duration: toNanoseconds(answerMs * 0.1),
    eval_count: Math.max(1, plan.steps.length),
    eval_duration: toNanoseconds(answerMs * 0.9),
  };
}

function toText(shape: OllamaShape, text: string, thought?: string): object {
  if (shape === 'generate') return { response: text, ...(thought === undefined ? {} : { thinking: thought }) };
  return { message: { role: 'assistant', content: text, ...(thought === undefined ? {} : { thinking: thought }) } };
}

function toToolCalls(plan: AnswerPlan): object[] {
  if (plan.toolCall === undefined) return [];
  const { name, arguments: values, inLastLine } = plan.toolCall;
  const id = inLastLine === true ? 'a'.repeat(32) : 'call_abcd1234';
  return [{ id, function: { index: 0, name, arguments: values } }];
}

/** An answer as Ollama writes it, a JSON object in each line. */
export function createOllamaFrames(shape: OllamaShape, model: string): (plan: AnswerPlan, times: AnswerTimes) => AnswerFrames {
  return (plan, times) => {
    const head = { model, created_at: new Date().toISOString() };
    const line = (text: string): Buffer => Buffer.from(`${text}\n`);
    const toLine = (fields: object): Buffer => line(JSON.stringify({ ...head, ...fields }));
    const known = new Map<string, Buffer>();
    const error = (text: string): Buffer => line(JSON.stringify({ error: text }));
    const toStep = ({ kind, text }: AnswerStep): Buffer =>
      toLine({ ...(kind === 'thought' ? toText(shape, '', text) : toText(shape, text)), done: false });
    return {
      contentType: 'application/x-ndjson',
      step(step) {
        const key = `${step.kind}${step.text}`;
        const chunk = known.get(key) ?? toStep(step);
        known.set(key, chunk);
        return chunk;
      },
      ending() {
        const calls = toToolCalls(plan);
        const message = (tools: object[]): object => ({ message: { role: 'assistant', content: '', tool_calls: tools } });
        const inLast = plan.toolCall?.inLastLine === true;
        const last = toLine({
          ...(inLast ? message(calls) : toText(shape, '')),
          done: true,
          ...toMetrics(plan, times),
        });
        return calls.length > 0 && !inLast ? [toLine({ ...message(calls), done: false }), last] : [last];
      },
      error,
      runnerGone: error,
      line,
    };
  };
}

/** The same answer as one object. */
export function createOllamaWhole(shape: OllamaShape, model: string): (plan: AnswerPlan, times: AnswerTimes) => unknown {
  return (plan, times) => {
    const join = (kind: AnswerStep['kind']): string => plan.steps.map((step) => (step.kind === kind ? step.text : '')).join('');
    const thought = join('thought');
    const text = toText(shape, join('text'), thought === '' ? undefined : thought);
    return { model, created_at: new Date().toISOString(), ...text, done: true, ...toMetrics(plan, times) };
  };
}
