// `npm run simulate`: real gateway code in seeded worlds, on as many threads as there are cores. PILOTLIGHT_SEEDS says how many (default 10,000);
// PILOTLIGHT_SEED replays one alone. Each seed is one world: which of the kinds it is, and all that happens in it, follows from the seed.
await import('../packages/gateway/src/testing/simulate.ts');
