import { describe, expect, it } from 'vitest';

import { toAppleGraphics, toMacAvailableBytes } from './read-apple-memory.ts';

const GIBIBYTE = 2 ** 30;

function machine(gibibytes: number, free = gibibytes): { readonly totalBytes: number; readonly freeBytes: number } {
  return { totalBytes: gibibytes * GIBIBYTE, freeBytes: free * GIBIBYTE };
}

describe('graphics of Apple silicon', () => {
  it('have the limit that was set', () => {
    const settings = 'iogpu.wired_limit_mb: 26000\nmachdep.cpu.brand_string: Apple M1 Max\n';
    expect(toAppleGraphics(settings, machine(32))).toEqual({
      name: 'Apple M1 Max',
      totalBytes: 26_000 * 2 ** 20,
      freeBytes: 26_000 * 2 ** 20,
      isUnified: true,
    });
  });

  // What Metal was seen to recommend on machines of this size, in GiB.
  it.each([
    [16, 11.84],
    [24, 17.76],
    [128, 107.52],
  ])('have of %d GiB no more than Metal recommends where none was set, and not much less', (gibibytes, recommended) => {
    const { totalBytes } = toAppleGraphics('iogpu.wired_limit_mb: 0\n', machine(gibibytes));
    expect(totalBytes / GIBIBYTE).toBeLessThanOrEqual(recommended);
    expect(totalBytes / GIBIBYTE).toBeGreaterThan(recommended * 0.88);
  });

  it('have no more free than the machine has, nor more than all of it', () => {
    expect(toAppleGraphics(undefined, machine(16, 4))).toMatchObject({ name: 'Apple graphics', freeBytes: 4 * GIBIBYTE });
    expect(toAppleGraphics('iogpu.wired_limit_mb: 99999999', machine(16)).totalBytes).toBe(16 * GIBIBYTE);
  });
});

const VM_STAT = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               23456.
Pages active:                            389012.
Pages inactive:                          345678.
Pages speculative:                        12345.
Pages throttled:                              0.
Pages wired down:                        134567.
Pages purgeable:                           6789.
"Translation faults":                  98765432.
File-backed pages:                       356789.
Anonymous pages:                         378901.
Pages stored in compressor:              123456.
Pages occupied by compressor:             45678.
`;

describe('what programs can still have on macOS', () => {
  it('is all but what they hold, what is wired, and what is compressed', () => {
    const held = (378_901 - 6789 + 134_567 + 45_678) * 16_384;
    expect(toMacAvailableBytes(VM_STAT, 16 * GIBIBYTE)).toBe(16 * GIBIBYTE - held);
  });

  it('is not guessed where a figure is missing', () => {
    expect(toMacAvailableBytes(undefined, GIBIBYTE)).toBeUndefined();
    expect(toMacAvailableBytes(VM_STAT.replace(/^Anonymous pages.*\n/mu, ''), GIBIBYTE)).toBeUndefined();
    expect(toMacAvailableBytes(VM_STAT.replace('page size of', ''), GIBIBYTE)).toBeUndefined();
  });

  it('is never less than nothing', () => {
    expect(toMacAvailableBytes(VM_STAT, 1)).toBe(0);
  });
});
