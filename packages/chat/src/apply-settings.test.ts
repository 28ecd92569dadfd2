import type { Receipt } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { applySettings, toReceiptWith } from './apply-settings.ts';

const RECEIPT: Receipt = {
  model: 'pilot:latest',
  engine: 'llama.cpp',
  task: 'chat',
  started_at: '2026-01-01T00:00:00.000Z',
  queue_ms: 0,
  load_ms: 0,
  total_ms: 5,
  attempts: [],
  seams: [],
};

describe('settings', () => {
  it('of the request go before those of the conversation, which go before the model of the question', () => {
    const settings = { model: 'b:latest', system: 'Be brief.', options: { seed: 1, top_k: 2 } };
    expect(applySettings({ options: { seed: 9 } }, settings, 'c:latest')).toMatchObject({
      model: 'b:latest',
      options: { seed: 9, top_k: 2 },
      applied: { model: 'conversation', options: { seed: { value: 9, from: 'request' }, top_k: { value: 2, from: 'conversation' } } },
    });
    expect(applySettings({ model: 'a:latest', options: {} }, settings).model).toBe('a:latest');
    expect(applySettings({ options: {} }, {}, 'c:latest')).toMatchObject({ model: 'c:latest', applied: { model: 'message' } });
    expect(applySettings({ options: {} }, {}).applied).toEqual({});
  });
});

describe('the receipt', () => {
  const { applied } = applySettings({ options: { seed: 9 } }, { options: { top_k: 2, min_p: 0.1 } });

  it('says of what the gateway took for a word of the request that it was the conversation, and leaves the rest as it is', () => {
    const options = {
      seed: { value: 9, from: 'request' as const },
      top_k: { value: 2, from: 'request' as const },
      temperature: { value: 0.7, from: 'model' as const },
    };
    expect(toReceiptWith({ ...RECEIPT, applied: { options } }, applied).applied?.options).toEqual({
      ...options,
      top_k: { value: 2, from: 'conversation' },
    });
  });

  it('has the own list where the gateway has none, and none where nothing was set', () => {
    expect(toReceiptWith(RECEIPT, applied).applied?.options).toEqual(applied.options);
    expect(toReceiptWith(RECEIPT, {})).toEqual(RECEIPT);
  });
});
