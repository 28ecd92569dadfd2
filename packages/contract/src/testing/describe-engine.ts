import { describe } from 'vitest';

import { describeAborting } from './describe-aborting.ts';
import { describeContinuing } from './describe-continuing.ts';
import { describeDisposing } from './describe-disposing.ts';
import { describeEmbedding } from './describe-embedding.ts';
import { describeFailing } from './describe-failing.ts';
import { describeListing } from './describe-listing.ts';
import { describeLoading } from './describe-loading.ts';
import { describeStreaming } from './describe-streaming.ts';
import type { EngineSuite } from './engine-suite.ts';

/** Registers the tests that hold one implementation of `Engine` to the port's contract. Each test makes an engine of its own. */
export function describeEngine(name: string, suite: EngineSuite): void {
  describe(`${name} keeps the contract of an engine`, () => {
    describe('listing', () => describeListing(suite));
    describe('loading', () => describeLoading(suite));
    describe('streaming', () => describeStreaming(suite));
    describe('going on', () => describeContinuing(suite));
    describe('aborting', () => describeAborting(suite));
    describe('failing', () => describeFailing(suite));
    describe('embedding and counting', () => describeEmbedding(suite));
    describe('disposing', () => describeDisposing(suite));
  });
}
