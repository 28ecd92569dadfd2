import { modelNameSchema } from '@pilotlight/contract';
import type { EnginePart, Options } from '@pilotlight/contract';
import { describe, expect, test } from 'vitest';

import { toLoadFraction } from './follow-load.ts';
import { toAddress } from './to-address.ts';
import { toChatBody } from './to-chat-body.ts';
import { toEngineError, toRetryAfter } from './to-engine-error.ts';
import { beginAnswer, toEngineParts, toFinish } from './to-engine-parts.ts';
import { toKnownModels, toServerKind } from './to-model-description.ts';
import type { ServerKind } from './to-model-description.ts';
import { toModelNames } from './to-model-name.ts';

const SERVER = 'the server at gpu:8000';

function readAll(...chunks: readonly (object | string)[]): readonly EnginePart[] {
  const state = beginAnswer('m:latest', SERVER);
  const parts = chunks.flatMap((chunk) => toEngineParts(typeof chunk === 'string' ? chunk : `data: ${JSON.stringify(chunk)}`, state));
  return [...parts, toFinish(state)];
}
const chunk = (delta: object, reason: string | null = null): object => ({ choices: [{ index: 0, delta, finish_reason: reason }] });
const STOP = chunk({}, 'stop');

describe('one line of an answer', () => {
  test('comments, other fields and empty data say nothing', () => {
    expect(readAll(': ping', 'event: message', 'id: 7', 'retry: 10', 'data:', STOP)).toMatchObject([{ type: 'finish', reason: 'stop' }]);
  });

  test('reasoning under either name, then text', () => {
    const parts = readAll(chunk({ reasoning_content: 'a' }), chunk({ reasoning: 'b' }), chunk({ content: 'c' }), STOP);
    expect(parts.slice(0, 3)).toEqual([
      { type: 'reasoning', text: 'a' },
      { type: 'reasoning', text: 'b' },
      { type: 'text', text: 'c' },
    ]);
  });

  test('tool calls are put together by index, whatever the order of their pieces', () => {
    const piece = (index: number, fields: object): object => chunk({ tool_calls: [{ index, ...fields }] });
    const parts = readAll(
      piece(1, { id: 'two', function: { name: 'b', arguments: '' } }),
      piece(0, { id: 'one', function: { name: 'a', arguments: '{"x"' } }),
      piece(0, { function: { arguments: ':1}' } }),
      chunk({}, 'tool_calls'),
    );
    expect(parts).toMatchObject([
      { type: 'tool_call', call: { id: 'one', name: 'a', arguments: { x: 1 } } },
      { type: 'tool_call', call: { id: 'two', name: 'b', arguments: {} } },
      { type: 'finish', reason: 'tool_calls' },
    ]);
  });

  test('a tool call with half its arguments is "protocol"', () => {
    const half = chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }] });
    expect(() => readAll(half, chunk({}, 'length'))).toThrow(expect.objectContaining({ failure: 'protocol' }));
  });

  test('usage and timings of llama-server; timings alone are enough', () => {
    const timings = { cache_n: 3, prompt_n: 4, prompt_ms: 5.5, predicted_n: 2, predicted_ms: 9 };
    const usage = { prompt_tokens: 7, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 3 } };
    const expected = { usage: { promptTokens: 7, cachedTokens: 3, completionTokens: 2 }, timings: { promptMs: 5.5, completionMs: 9 } };
    expect(readAll(STOP, { choices: [], usage, timings })).toMatchObject([expected]);
    expect(readAll(STOP, { choices: [], timings })).toMatchObject([expected]);
  });

  test('the reading of the prompt counts until the first token', () => {
    const progress = { ...chunk({ content: null }), prompt_progress: { total: 12, cache: 0, processed: 8 } };
    expect(readAll(progress, chunk({ content: 'x' }), progress, STOP).map(({ type }) => type)).toEqual(['reading', 'text', 'finish']);
  });

  test('nothing counts after [DONE], and of several choices only the first', () => {
    const other = { choices: [{ index: 1, delta: { content: 'no' }, finish_reason: null }] };
    expect(readAll(other, STOP, 'data: [DONE]', 'data: {broken')).toHaveLength(1);
  });

  test.each([
    ['data: {"choices": [{', 'protocol'],
    ['<html>', 'protocol'],
    ['data: {"error":{"message":"CUDA out of memory","code":500}}', 'out_of_memory'],
    ['{"error":{"message":"EngineCore encountered an issue"}}', 'died'],
    ['data: {"object":"error","message":"something","code":400}', 'failed'],
    [`data: ${JSON.stringify(chunk({}, 'content_filter'))}`, 'invalid'],
    [`data: ${JSON.stringify(chunk({}, 'abort'))}`, 'cut'],
    ['data: [DONE]', 'cut'],
  ])('%s is "%s"', (line, failure) => {
    expect(() => readAll(line)).toThrow(expect.objectContaining({ name: 'EngineError', failure }));
  });
});

describe('a refusal', () => {
  const fail = (status: number, body: string): unknown => toEngineError({ status, body, model: 'm:latest', server: SERVER });

  test.each([
    [400, '{"error":{"message":"x","code":"context_length_exceeded"}}', 'too_long', /context/],
    [400, '{"error":{"message":"y","n_prompt_tokens":3010,"n_ctx":512}}', 'too_long', /3,010 tokens; .* holds 512/],
    [
      400,
      '{"error":{"message":"the prompt is bad","code":"content_policy_violation"}}',
      'invalid',
      /refused the content: the prompt is bad/,
    ],
    [404, '{"error":{"message":"The model `x` does not exist."}}', 'absent', /has no model m:latest/],
    [429, '', 'overloaded', /takes no more requests/],
    [502, '<html>Bad Gateway</html>', 'unreachable', /status 502/],
    [503, '{"error":{"message":"Loading model","type":"unavailable_error"}}', 'overloaded', /still loading/],
    [307, '', 'protocol', /another address/],
    [500, 'oops', 'failed', /reported: oops/],
  ])('%i %s', (status, body, failure, words) => {
    expect(fail(status, body)).toMatchObject({ failure, message: expect.stringMatching(words) });
  });

  test.each([401, 403])('%i speaks of the key and repeats nothing', (status) => {
    const error = fail(status, '{"error":{"message":"Incorrect API key provided: sk-secret"}}') as Error;
    expect(error).toMatchObject({ failure: 'unreachable', message: expect.stringMatching(/access key .*PILOTLIGHT_SERVER_KEYS/) });
    expect(error.message + String(error.cause)).not.toContain('sk-secret');
  });

  test.each([400, 422])('%i keeps no body as its cause: it may repeat the prompt', (status) => {
    const error = fail(status, '{"detail":[{"msg":"bad","input":{"messages":[{"content":"my secret"}]}}]}') as Error;
    expect(error.message + String(error.cause)).not.toContain('secret');
  });

  test('keeps only the beginning of a body as its cause', () => {
    const error = fail(500, `it broke ${'x'.repeat(100_000)}`) as Error;
    expect((error.cause as Error).message).toMatch(/^it broke x{900,}/);
    expect((error.cause as Error).message.length).toBeLessThanOrEqual(1000);
  });

  test('Retry-After as a number and as a date', () => {
    expect(toRetryAfter('2', 0)).toBe(2);
    expect(toRetryAfter('1.2', 0)).toBe(2);
    expect(toRetryAfter('Thu, 01 Jan 1970 00:00:30 GMT', 10_000)).toBe(20);
    expect(toRetryAfter('soon', 0)).toBeUndefined();
  });

  test('Retry-After is a day at most', () => {
    expect(toRetryAfter('999999', 0)).toBe(86_400);
    expect(toRetryAfter('9'.repeat(400), 0)).toBe(86_400);
    expect(toRetryAfter('Fri, 31 Dec 9999 23:59:59 GMT', 0)).toBe(86_400);
  });
});

describe('the body of a request', () => {
  function bodyFor(kind: ServerKind, options: Options): Record<string, unknown> {
    const request = { model: 'm:latest', messages: [{ role: 'user', content: 'hi' }] as const, options, profile: {} };
    return JSON.parse(toChatBody({ request, id: 'up/stream', kind })) as Record<string, unknown>;
  }

  test('has the name of the server, and asks for usage', () => {
    expect(bodyFor('plain', {})).toEqual({
      model: 'up/stream',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('has images as data, behind the text', () => {
    const images = [{ media_type: 'image/png' as const, data: 'AQID' }];
    const request = { model: 'm:latest', messages: [{ role: 'user' as const, content: 'hi', images }], options: {}, profile: {} };
    expect(JSON.parse(toChatBody({ request, id: 'm', kind: 'plain' }))).toMatchObject({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
          ],
        },
      ],
    });
  });

  test.each([
    ['vllm', { repeat_penalty: 1.1, top_k: 0, min_p: 0.1 }, { repetition_penalty: 1.1, top_k: -1, min_p: 0.1 }],
    ['llama-server', { repeat_penalty: 1.1, top_k: 0 }, { repeat_penalty: 1.1, top_k: 0, return_progress: true }],
    ['plain', { repeat_penalty: 1.1 }, { repetition_penalty: 1.1, repeat_penalty: 1.1 }],
    ['plain', { format: 'json' }, { response_format: { type: 'json_object' } }],
    ['lm-studio', { format: 'json' }, { response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } } }],
    ['plain', { format: { type: 'array' } }, { response_format: { json_schema: { schema: { type: 'array' } } } }],
    [
      'plain',
      { max_tokens: 5, stop: ['a'], seed: 1, temperature: 0, top_p: 0.5 },
      { max_tokens: 5, stop: ['a'], seed: 1, temperature: 0, top_p: 0.5 },
    ],
  ] as const)('%s %j', (kind, options, expected) => {
    expect(bodyFor(kind, options as Options)).toMatchObject(expected);
  });

  test('refuses options of a wrong kind before they are sent', () => {
    expect(() => bodyFor('plain', { temperature: 9 })).toThrow(expect.objectContaining({ failure: 'invalid' }));
  });
});

describe('what a server lists', () => {
  test('names within our grammar, each once', () => {
    const ids = [
      'mistral:latest',
      'meta-llama/Llama-3.1-8B-Instruct',
      '../models/Meta-Llama-3.1-8B-Q4_K_M.gguf',
      'C:\\models\\phi 3.gguf',
      'qwen@q4_k_m',
      'qwen-q4_k_m',
      'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M',
      '日本',
    ];
    const names = toModelNames(ids);
    expect([...names.keys()]).toEqual([
      'mistral:latest',
      'meta-llama/Llama-3.1-8B-Instruct:latest',
      'Meta-Llama-3.1-8B-Q4_K_M:latest',
      'phi-3:latest',
      'qwen-q4_k_m:latest',
      'qwen-q4_k_m-2:latest',
      'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M',
      'model:latest',
    ]);
    expect([...names.values()]).toEqual(ids);
    for (const name of names.keys()) expect(modelNameSchema.safeParse(name).success).toBe(true);
  });

  test('llama-server: facts of the file and the context it runs with', () => {
    const meta = { n_ctx: 4_096, n_ctx_train: 131_072, n_params: 8_030_261_312, size: 4_912_898_304, ftype: 'Q4_K_M' };
    const entries = [{ id: '/m/Llama.gguf', owned_by: 'llamacpp', meta, architecture: { input_modalities: ['text', 'image'] } }];
    expect(toServerKind(entries)).toBe('llama-server');
    expect(toKnownModels(entries)).toMatchObject([
      {
        id: '/m/Llama.gguf',
        contextLength: 4_096,
        description: {
          name: 'Llama:latest',
          sizeBytes: 4_912_898_304,
          parameterSize: '8.0B',
          quantization: 'Q4_K_M',
          trainedContextLength: 131_072,
          capabilities: ['completion', 'vision'],
        },
      },
    ]);
  });

  test('vLLM: an adapter shares the weights of its parent, and so do two names of one model', () => {
    const entries = [
      { id: 'base', owned_by: 'vllm', root: '/w/base', parent: null, max_model_len: 8_192 },
      { id: 'alias', owned_by: 'vllm', root: '/w/base', parent: null, max_model_len: 8_192 },
      { id: 'sql-lora', owned_by: 'vllm', root: '/w/lora', parent: 'base' },
    ];
    expect(toServerKind(entries)).toBe('vllm');
    const models = toKnownModels(entries);
    expect(models.map(({ description }) => description.weightsKey)).toEqual(['/w/base', '/w/base', '/w/base']);
    expect(models[0]).toMatchObject({ contextLength: 8_192 });
  });

  test('LM Studio: state, quantization, contexts, and what a model is for', () => {
    const entries = [
      {
        id: 'a',
        type: 'llm',
        arch: 'llama',
        quantization: 'Q4_K_M',
        state: 'loaded',
        max_context_length: 131_072,
        loaded_context_length: 4_096,
      },
      { id: 'b', type: 'embeddings', state: 'not-loaded', max_context_length: 2_048 },
    ];
    expect(toKnownModels(entries)).toMatchObject([
      { state: 'loaded', contextLength: 4_096, description: { family: 'llama', quantization: 'Q4_K_M', capabilities: ['completion'] } },
      { state: 'not-loaded', contextLength: undefined, description: { capabilities: ['embedding'] } },
    ]);
  });

  test('the router: states, and the code of a load that failed', () => {
    const entries = [
      { id: 'a', owned_by: 'llamacpp', status: { value: 'loaded' } },
      { id: 'b', owned_by: 'llamacpp', status: { value: 'unloaded', failed: true, exit_code: 134 } },
    ];
    expect(toServerKind(entries)).toBe('llama-router');
    expect(toKnownModels(entries)).toMatchObject([{ state: 'loaded' }, { state: 'unloaded', exitCode: 134 }]);
  });

  test.each(['nomic-embed-text', 'text-embedding-3-small', 'BAAI/bge-m3', 'mxbai-embed-large:v1'])('%s is for embeddings', (id) => {
    expect(toKnownModels([{ id }])).toMatchObject([{ description: { capabilities: ['embedding'] } }]);
  });
});

test('the progress of a load is one fraction over its stages', () => {
  const line = (fields: object): string => `data: ${JSON.stringify({ model: 'a', event: 'model_status', ...fields })}`;
  const progress = { stages: ['text_model', 'mmproj_model'], current: 'mmproj_model', value: 0.5 };
  expect(toLoadFraction(line({ data: { status: 'loading', progress } }), 'a')).toBe(0.75);
  expect(toLoadFraction(line({ data: { status: 'loading', progress } }), 'b')).toBeUndefined();
  expect(toLoadFraction(line({ data: { status: 'loaded' } }), 'a')).toBeUndefined();
  expect(toLoadFraction(': ping', 'a')).toBeUndefined();
});

test.each([
  ['http://gpu:8000', 'http://gpu:8000/v1', 'http://gpu:8000'],
  ['http://gpu:8000/v1/', 'http://gpu:8000/v1', 'http://gpu:8000'],
  ['https://host/openai/v1', 'https://host/openai/v1', 'https://host/openai'],
  ['https://host/v1beta/openai', 'https://host/v1beta/openai', 'https://host/v1beta/openai'],
])('%s', (text, api, server) => {
  expect(toAddress(text)).toMatchObject({ api, server });
});
