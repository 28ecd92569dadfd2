export { createManualClock } from './manual-clock.ts';
export type { ManualClock } from './manual-clock.ts';
export { chooseSeed, createSeededRandomness, withSeed } from './seeded-randomness.ts';
export type { SeededRandomness } from './seeded-randomness.ts';
export { systemClock } from './system-clock.ts';
export { createTemporaryFolder } from './temporary-folder.ts';
export type { TemporaryFolder } from './temporary-folder.ts';
