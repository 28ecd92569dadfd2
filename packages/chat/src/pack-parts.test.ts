import type { StreamPart } from '@pilotlight/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { packParts, sizeOf, unpackParts } from './pack-parts.ts';

it('parts come back as they were packed, whatever is in them', () => {
  const text = fc.string({ unit: 'binary' });
  const part: fc.Arbitrary<StreamPart> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text }),
    fc.record({ type: fc.constant('reasoning' as const), text }),
    fc.record({ type: fc.constant('seam' as const), from: text, to: text, reason: text }),
    fc.record({
      type: fc.constant('tool_call' as const),
      id: text,
      name: text,
      arguments: fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()),
    }),
    fc.record({ type: fc.constant('tool_result' as const), id: text, content: text }),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const packed = packParts(parts);
      expect(JSON.stringify(unpackParts(packed))).toBe(JSON.stringify(parts));
      expect(JSON.parse(packed)).toHaveLength(parts.length);
    }),
  );
});

it('text costs little more than itself', () => {
  const parts: StreamPart[] = Array.from({ length: 100 }, () => ({ type: 'text', text: ' word' }));
  expect(packParts(parts).length).toBeLessThan(100 * 9);
  expect(parts.reduce((sum, part) => sum + sizeOf(part), 0)).toBe(900);
});
