import { describe, expect, it } from 'vitest';

import { MODEL, runWith } from './testing/run-with.ts';

describe('models', () => {
  const view = { models: [MODEL], engines: [], memory: { total_bytes: 1, free_bytes: 1, resident: [] }, default_model: 'pilot:latest' };

  it('shows phase and reason', async () => {
    const { out } = await runWith(['models'], { answers: { '/api/models': view } });
    expect(out).toContain('pilot:latest (default)');
    expect(out).toContain('7.5 MB');
    expect(out).toContain('On the disk, not in memory.');
  });

  it('prints JSON', async () => {
    const { out } = await runWith(['models', '--json'], { answers: { '/api/models': view } });
    expect(JSON.parse(out)).toMatchObject({ models: [{ name: 'pilot:latest', phase: 'cold' }] });
  });
});

describe('plan', () => {
  const plan = {
    model: 'big:latest',
    engine: 'ollama',
    verdict: 'after_unloading',
    reason: 'needs 19 GB; 11 GB free; fits without pilot:latest',
    needs: { bytes: 19e9, basis: 'measured at an earlier load' },
    free: { bytes: 11e9, basis: 'what this machine has free of 24 GB' },
    unload: [{ model: 'pilot:latest', bytes: 9e9, in_use: true }],
    pinned: [],
  };

  it('says what would be unloaded, and what each figure rests on', async () => {
    const { out, code } = await runWith(['plan', 'big'], { answers: { '/api/models/plan': plan } });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'big:latest: fits after unloading: needs 19 GB; 11 GB free; fits without pilot:latest',
        '  unloads pilot:latest, when its answers are written',
        '  needs 19.0 GB: measured at an earlier load',
        '  free 11.0 GB: what this machine has free of 24 GB',
        '',
      ].join('\n'),
    );
  });

  it('says what goes into graphics memory, what is free there, and why it is not known', async () => {
    const placed = {
      ...plan,
      needs: { bytes: 15e9, basis: 'measured at an earlier load', gpu_bytes: 10e9 },
      free_gpu: { bytes: 10e9, basis: 'NVIDIA L4 (24 GB), of which other programs hold 14 GB' },
      gpus_unknown: 'AMD graphics (card1) does not tell its memory',
    };
    const { out } = await runWith(['plan', 'big'], { answers: { '/api/models/plan': placed } });
    expect(out).toContain('  of it in graphics memory 10.0 GB\n');
    expect(out).toContain('  free in graphics memory 10.0 GB: NVIDIA L4 (24 GB), of which other programs hold 14 GB\n');
    expect(out).toContain('  graphics memory is not known: AMD graphics (card1) does not tell its memory\n');
  });

  it('takes a change of the profile, and says how long a context would fit and what has no effect', async () => {
    const changed = {
      ...plan,
      profile: { context_length: 16_384, slots: 2 },
      longest_context: { context_length: 32_768, needs_bytes: 23e9, beside_others: 8192 },
      notes: [{ field: 'profile.slots', reason: 'the Ollama server has one number for all models: OLLAMA_NUM_PARALLEL' }],
    };
    const { out, calls, bodies } = await runWith(['plan', 'big', 'profile.context_length=16384', 'profile.slots=2'], {
      answers: { '/api/models/plan': changed },
    });
    expect([calls, bodies]).toEqual([['POST /api/models/plan'], [{ model: 'big', profile: { context_length: 16_384, slots: 2 } }]]);
    expect(out).toContain('  longest context: 32,768 tokens, 23.0 GB, with others unloaded; 8,192 beside them\n');
    expect(out).toContain('  profile.slots: the Ollama server has one number for all models: OLLAMA_NUM_PARALLEL\n');
    const wrong = await runWith(['plan', 'big', 'temperature=0'], { answers: { '/api/models/plan': changed } });
    expect([wrong.code, wrong.calls]).toEqual([2, []]);
  });

  it('fails for what never fits', async () => {
    const ways = [
      { type: 'shorter_context', context_length: 8192, needs_bytes: 10e9 },
      { type: 'without', models: [{ model: 'pilot:latest', bytes: 9e9 }] },
      { type: 'other_model', model: 'small:latest', needs_bytes: 4e9 },
    ];
    const never = { ...plan, verdict: 'never', reason: 'needs 19 GB; 11 GB free', unload: [], would_fit: ways };
    const { out, code } = await runWith(['plan', 'big'], { answers: { '/api/models/plan': never } });
    expect(code).toBe(1);
    expect(out.split('\n').slice(-4, -1)).toEqual([
      '  would fit: a context of 8192 tokens, 10.0 GB',
      '  would fit: without pilot:latest (9.0 GB, pinned)',
      '  would fit: small:latest, 4.0 GB',
    ]);
  });
});

describe('warmup', () => {
  const answers = { '/api/models/warmup': { models: [{ ...MODEL, phase: 'loading', reason: 'Was asked for.' }] } };

  it('begins the loads that are named, or that of the default model, and says how each stands', async () => {
    const named = await runWith(['warmup', 'pilot', 'mistral'], { answers });
    expect([named.calls, named.bodies]).toEqual([['POST /api/models/warmup'], [{ models: ['pilot', 'mistral'] }]]);
    expect([named.code, named.out]).toEqual([0, 'pilot:latest: loading. Was asked for.\n']);
    expect((await runWith(['warmup'], { answers })).bodies).toEqual([{}]);
    expect(JSON.parse((await runWith(['warmup', '--json'], { answers })).out)).toMatchObject({ models: [{ phase: 'loading' }] });
  });
});

describe('pin and unpin', () => {
  it.each([
    ['pin', 'POST', 'pilot:latest: pinned. It stays in memory once it is loaded, and is loaded at the start if memory allows.'],
    ['unpin', 'DELETE', 'pilot:latest: not pinned. It may be unloaded for others.'],
  ])('%s a model', async (command, method, words) => {
    const { out, code, calls } = await runWith([command, 'pilot:latest'], { answers: { '/api/models/pilot%3Alatest/pin': MODEL } });
    expect([code, out, calls]).toEqual([0, `${words}\n`, [`${method} /api/models/pilot%3Alatest/pin`]]);
  });
});

describe('load', () => {
  const loading = { ...MODEL, phase: 'loading', progress: 0.41 };
  const ready = { ...MODEL, phase: 'ready', ready: true, reason: 'Gave a token 0 s ago.' };
  const answers = { '/api/models/pilot%3Alatest/load': loading };

  it('shows the way and ends when the model is ready', async () => {
    const { out, notes, code } = await runWith(['load', 'pilot:latest'], {
      answers,
      events: () => [
        { type: 'model', model: loading },
        { type: 'model', model: { ...ready, name: 'other:latest' } },
        { type: 'model', model: ready },
      ],
    });
    expect(code).toBe(0);
    expect(notes).toContain('loading, 41 %');
    expect(out).toBe('pilot:latest: ready. Gave a token 0 s ago.\n');
  });

  it('fails with the reason', async () => {
    const failed = { ...MODEL, phase: 'failed', reason: 'Stopped by the system for memory.' };
    const { out, code } = await runWith(['load', 'pilot:latest'], { answers, events: () => [{ type: 'model', model: failed }] });
    expect(code).toBe(1);
    expect(out).toContain('Stopped by the system for memory.');
  });

  it('ends when the model is not let into memory', async () => {
    const refused = { ...MODEL, phase: 'cold', reason: 'needs 19 GB; 11 GB free' };
    const { out, code } = await runWith(['load', 'pilot:latest'], {
      answers: { '/api/models/pilot%3Alatest/load': refused },
      events: () => [{ type: 'model', model: refused }],
    });
    expect([code, out]).toEqual([1, 'pilot:latest: cold. needs 19 GB; 11 GB free\n']);
  });

  it('does not wait for a model that was removed, nor for a stream that ended', async () => {
    const removed = await runWith(['load', 'pilot:latest'], {
      answers,
      events: () => [{ type: 'model_removed', name: 'pilot:latest', engine: 'llama.cpp' }],
    });
    expect([removed.code, removed.notes]).toEqual([1, expect.stringContaining('was removed')]);
    const ended = await runWith(['load', 'pilot:latest'], { answers, events: () => [] });
    expect(ended.code).toBe(1);
  });
});
