import { getLlama, JinjaTemplateChatWrapper, LlamaLogLevel } from 'node-llama-cpp';
import type { LlamaContextSequence, LlamaModel } from 'node-llama-cpp';

import { measure, SAMPLING, toQuestion } from './workload.ts';
import type { OneAnswer, Workload } from './workload.ts';

/** node-llama-cpp alone: no engine, no second process, its own batching. Run as a process of its own with `UV_THREADPOOL_SIZE=1`; answers with one message. */
const workload = JSON.parse(process.argv[2] ?? '') as Workload;
const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error, maxThreads: workload.threads });
const model = await llama.loadModel({ modelPath: workload.modelPath });
const context = await model.createContext({ contextSize: workload.contextLength, sequences: workload.streams, threads: workload.threads });
const wrapper = new JinjaTemplateChatWrapper({
  template: model.fileInfo.metadata.tokenizer.chat_template ?? '',
  tokenizer: model.tokenizer,
});
const sequences = Array.from({ length: workload.streams }, () => context.getSequence());

await measure({ ...workload, rounds: 1 }, ask);
process.send?.(await measure(workload, ask));
process.disconnect?.();
process.exit(0);

async function ask(stream: number, round: number): Promise<OneAnswer> {
  const { content, seed } = toQuestion(stream, round);
  const sequence = sequences[stream];
  if (sequence === undefined) throw new Error('a stream has no sequence');
  const startedMs = performance.now();
  const { contextText } = wrapper.generateContextState({
    chatHistory: [
      { type: 'user', text: content },
      { type: 'model', response: [] },
    ],
  });
  const prompt = contextText.tokenize(model.tokenizer);
  await sequence.clearHistory();
  return write(model, sequence, { prompt, seed, startedMs });
}

interface Start {
  readonly prompt: ReturnType<LlamaModel['tokenize']>;
  readonly seed: number;
  readonly startedMs: number;
}

async function write(model: LlamaModel, sequence: LlamaContextSequence, { prompt, seed, startedMs }: Start): Promise<OneAnswer> {
  const { temperature, top_k, top_p, min_p } = SAMPLING;
  let tokens = 0;
  let firstTokenMs = 0;
  for await (const token of sequence.evaluate(prompt, { temperature, topK: top_k, topP: top_p, minP: min_p, seed })) {
    if (tokens === 0) firstTokenMs = performance.now() - startedMs;
    tokens += 1;
    model.detokenize([token]);
    if (tokens === workload.maxTokens) break;
  }
  return { tokens, firstTokenMs };
}
