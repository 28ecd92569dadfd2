import { describe, expect, it } from 'vitest';

import { runWith, SINCE } from './testing/run-with.ts';

const PRESET = {
  id: 'p1',
  name: 'Terse',
  model: 'pilot:latest',
  system: 'Be brief.',
  options: { temperature: 0.2, seed: 7 },
  created_at: SINCE,
  updated_at: SINCE,
};
const answers = { '/api/presets': { presets: [PRESET] }, '/api/presets/p1': PRESET };
const SHOWN = 'Terse (p1)\n  model: pilot:latest\n  system prompt: Be brief.\n  temperature=0.2\n  seed=7\n';

describe('a preset', () => {
  it('is added with what is named', async () => {
    const line = [
      'presets',
      'add',
      'Very',
      'terse',
      '--system',
      'Be brief.',
      '-m',
      'pilot',
      '--set',
      'temperature=0.2',
      '--context',
      'stop',
    ];
    const { bodies, calls, out, code } = await runWith(line, { answers: { '/api/presets': PRESET } });
    expect([code, out, calls]).toEqual([0, SHOWN, ['POST /api/presets']]);
    const set = { model: 'pilot', system: 'Be brief.', options: { temperature: 0.2 }, context_policy: 'stop' };
    expect(bodies).toEqual([{ name: 'Very terse', ...set }]);
    expect((await runWith(['presets', 'add', 'Plain'], { answers: { '/api/presets': PRESET } })).bodies).toEqual([{ name: 'Plain' }]);
  });

  it('is changed in what is named alone, by its name or its id', async () => {
    const { bodies, calls } = await runWith(['presets', 'change', 'Terse', '--set', 'seed= top_k=5', '--model', '', '--name', 'Short'], {
      answers,
    });
    expect(calls).toEqual(['GET /api/presets', 'PATCH /api/presets/p1']);
    expect(bodies).toEqual([{ name: 'Short', model: null, options: { temperature: 0.2, seed: undefined, top_k: 5 } }]);
    expect((await runWith(['presets', 'change', 'p1', '--system', 'Be kind.'], { answers })).bodies).toEqual([{ system: 'Be kind.' }]);
  });

  it('is shown and deleted', async () => {
    expect((await runWith(['presets', 'show', 'Terse'], { answers })).out).toBe(SHOWN);
    expect(JSON.parse((await runWith(['presets', 'show', 'Terse', '--json'], { answers })).out)).toEqual(PRESET);
    const gone = await runWith(['presets', 'delete', 'Terse'], { answers });
    expect([gone.calls.at(-1), gone.out]).toEqual(['DELETE /api/presets/p1', 'The preset “Terse” is deleted.\n']);
    expect(JSON.parse((await runWith(['presets', 'delete', 'p1', '--json'], { answers })).out)).toEqual({ deleted: 'p1' });
  });

  it.each([
    [['add'], 'There are "presets add NAME", '],
    [['chnge', 'Terse'], 'Did you mean "presets change"? '],
    [['change', 'Terse'], 'Say what changes'],
    [['--model', 'pilot'], 'Write "presets add NAME"'],
  ])('is refused in words: presets %j', async (line, words) => {
    const { code, notes, calls } = await runWith(['presets', ...line], { answers });
    expect([code, calls, notes]).toEqual([2, [], expect.stringContaining(words)]);
  });

  it('that is not there, or an option that is none, changes nothing', async () => {
    const missing = await runWith(['presets', 'delete', 'Kind'], { answers });
    expect([missing.code, missing.calls, missing.notes]).toEqual([1, ['GET /api/presets'], expect.stringContaining('no preset “Kind”')]);
    expect(await runWith(['presets', 'add', 'x', '--set', 'heat=1'], { answers })).toMatchObject({ code: 1, calls: [] });
  });
});
