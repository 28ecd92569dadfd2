import { expect, it } from 'vitest';

import { toAmdReading } from './read-amd-files.ts';
import type { CardFiles } from './read-amd-files.ts';

const RX_7900: CardFiles = {
  card: 'card1',
  vendor: '0x1002\n',
  productName: '\n',
  vramTotal: '25753026560\n',
  vramUsed: '1500000000\n',
  gttTotal: '33000000000\n',
  gttUsed: '20000000\n',
  isCard: true,
};
/** A processor with graphics as its firmware comes: 512 MiB set aside, 110 GiB of the machine's memory beside it. */
const STRIX_HALO: CardFiles = {
  ...RX_7900,
  card: 'card0',
  productName: undefined,
  vramTotal: '536870912',
  vramUsed: '530000000',
  gttTotal: '118111600640',
  gttUsed: '18653184',
  isCard: false,
};

it('a card has its own memory, also where it may use more of the machine’s', () => {
  expect(toAmdReading([RX_7900])).toEqual({
    gpus: [{ name: 'AMD graphics (card1)', totalBytes: 25_753_026_560, freeBytes: 24_253_026_560, isUnified: false }],
  });
});

it('a processor with graphics has what it may use of the machine’s memory', () => {
  expect(toAmdReading([STRIX_HALO])).toEqual({
    gpus: [{ name: 'AMD graphics (card0)', totalBytes: 118_111_600_640, freeBytes: 118_092_947_456, isUnified: true }],
  });
});

it('of a processor whose firmware set more aside than that, it is the part that was set aside, which the machine does not have', () => {
  const setAside = { ...STRIX_HALO, vramTotal: '103079215104', vramUsed: '79215104', gttTotal: '16000000000' };
  expect(toAmdReading([setAside]).gpus).toEqual([
    { name: 'AMD graphics (card0)', totalBytes: 103_079_215_104, freeBytes: 103_000_000_000, isUnified: false },
  ]);
});

it('is called by its product’s name where the card tells it', () => {
  expect(toAmdReading([{ ...RX_7900, productName: 'AMD Radeon PRO W7900\n' }]).gpus[0]?.name).toBe('AMD Radeon PRO W7900');
});

it('says which device does not tell, beside those that do, and leaves other makers out', () => {
  const mute = { ...RX_7900, card: 'card2', vramUsed: undefined };
  expect(toAmdReading([mute, RX_7900, { ...RX_7900, vendor: '0x8086' }, { ...RX_7900, vendor: undefined }])).toEqual({
    gpus: [{ name: 'AMD graphics (card1)', totalBytes: 25_753_026_560, freeBytes: 24_253_026_560, isUnified: false }],
    unknown: 'AMD graphics (card2) does not tell its memory',
  });
  expect(toAmdReading([{ ...mute, vendor: '0x10de' }])).toEqual({ gpus: [] });
});
