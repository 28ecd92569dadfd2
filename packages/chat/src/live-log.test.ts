import { describe, expect, it } from 'vitest';

import { createLiveLog } from './live-log.ts';

describe('the end of a running log in memory', () => {
  it('counts what short parts take beside their text, so that a long answer of them takes no more than a few long ones', () => {
    const live = createLiveLog({ generationId: 'g', firstOffset: 0, keptBytes: 32_768 });
    for (let offset = 0; offset < 2_000; offset += 1) live.commit([{ type: 'text', text: ' a' }], 6);
    expect(live.partsFrom(1_000)).toBe('behind');
    expect(live.partsFrom(1_999)).toEqual([{ type: 'text', text: ' a' }]);
    expect(live.partsFrom(1_700)).toHaveLength(1);
    expect(live.partsFrom(2_000)).toBe('none');
  });
});
