import type { AnswerPlan, AnswerStep } from '../answer-plan.ts';
import type { AnswerFrames } from '../play-answer.ts';

export interface OpenaiStyle {
  readonly model: string;
  readonly includesUsage: boolean;
}

function usageOf(plan: AnswerPlan): object {
  const completion = Math.max(1, plan.steps.length);
  return { prompt_tokens: plan.promptTokens, completion_tokens: completion, total_tokens: plan.promptTokens + completion };
}

function callsOf(plan: AnswerPlan): object[] | undefined {
  if (plan.toolCall === undefined) return undefined;
  const { name, arguments: values } = plan.toolCall;
  return [{ index: 0, id: 'call_abcd1234', type: 'function', function: { name, arguments: JSON.stringify(values) } }];
}

function reasonOf(plan: AnswerPlan): string {
  return plan.toolCall === undefined ? plan.reason : 'tool_calls';
}

/** An answer as server-sent events, in the manner of OpenAI. */
export function createOpenaiFrames({ model, includesUsage }: OpenaiStyle): (plan: AnswerPlan) => AnswerFrames {
  return (plan) => {
    const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1_000), model };
    const line = (text: string): Buffer => Buffer.from(`data: ${text}\n\n`);
    const toLine = (fields: object): Buffer => line(JSON.stringify({ ...head, ...fields }));
    // Who speaks stands in every piece, as Ollama has it; OpenAI's own client refuses an answer whose first piece does not say it.
    const choice = (delta: object, reason: string | null = null): Buffer =>
      toLine({ choices: [{ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: reason }] });
    const known = new Map<string, Buffer>();
    return {
      contentType: 'text/event-stream',
      step({ kind, text }) {
        const key = `${kind}${text}`;
        const chunk = known.get(key) ?? choice(kind === 'thought' ? { reasoning_content: text } : { content: text });
        known.set(key, chunk);
        return chunk;
      },
      ending() {
        const calls = callsOf(plan);
        return [
          ...(calls === undefined ? [] : [choice({ tool_calls: calls })]),
          choice({}, reasonOf(plan)),
          ...(includesUsage ? [toLine({ choices: [], usage: usageOf(plan) })] : []),
          line('[DONE]'),
        ];
      },
      runnerGone: () =>
        line(
          JSON.stringify({ ...head, model: '', choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] }),
        ),
      error: (text) => line(JSON.stringify({ error: { message: text, type: 'api_error', code: 500 } })),
      line,
    };
  };
}

/** The same answer as one object. */
export function createOpenaiWhole({ model }: OpenaiStyle): (plan: AnswerPlan) => unknown {
  return (plan) => {
    const join = (kind: AnswerStep['kind']): string => plan.steps.map((step) => (step.kind === kind ? step.text : '')).join('');
    const calls = callsOf(plan);
    const message = { role: 'assistant', content: join('text'), ...(calls === undefined ? {} : { tool_calls: calls }) };
    const choices = [{ index: 0, message, finish_reason: reasonOf(plan) }];
    return { id: 'chatcmpl-1', object: 'chat.completion', created: Math.floor(Date.now() / 1_000), model, choices, usage: usageOf(plan) };
  };
}
