import type { StreamPart } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { DEFAULT_CHAT_SETTINGS } from './chat-settings.ts';
import type { LogGroup } from './chat-store.ts';
import { createLiveLog } from './live-log.ts';
import { createLogWriter } from './log-writer.ts';
import { unpackParts } from './pack-parts.ts';

const reading: StreamPart = { type: 'phase', phase: 'reading', model: 'a', reason: 'x', since: '2026-01-01T00:00:00.000Z' };

function open() {
  const clock = createManualClock();
  const commits: string[][] = [];
  const store = {
    append: async (groups: readonly LogGroup[]) => {
      commits.push(groups.flatMap(({ parts }) => unpackParts(parts).map(({ type }) => type)));
      return groups.map(() => 'stored' as const);
    },
  };
  const live = createLiveLog({ generationId: 'g', firstOffset: 1, keptBytes: 1000 });
  return { clock, commits, tail: createLogWriter({ store, clock, settings: DEFAULT_CHAT_SETTINGS }).open(live, 1) };
}

describe('the groups of a log', () => {
  it('take a phase along with the first token that follows it', async () => {
    const { clock, commits, tail } = open();
    tail.add(reading);
    tail.add({ type: 'text', text: 'One' });
    await clock.settle();
    expect(commits).toEqual([['phase', 'text']]);
  });

  it('show a phase after 50 ms if nothing follows it, and what comes after a pause at once', async () => {
    const { clock, commits, tail } = open();
    tail.add(reading);
    await clock.advance(49);
    expect(commits).toEqual([]);
    await clock.advance(1);
    expect(commits).toEqual([['phase']]);
    await clock.advance(50);
    tail.add({ ...reading, phase: 'stalled' });
    await clock.settle();
    expect(commits).toHaveLength(2);
  });
});
