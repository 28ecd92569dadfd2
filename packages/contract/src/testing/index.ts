export { describeEngine } from './describe-engine.ts';
export type { Ability, EngineAbilities, EngineFaults, EngineSuite, EngineUnderTest } from './engine-suite.ts';
