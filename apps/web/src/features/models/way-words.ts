import type { WayToFit } from '@pilotlight/contract';

import { formatBytes, formatCount } from '../../ui/format.ts';

/** One way out, with its figure. */
export function wayWords(way: WayToFit): string {
  switch (way.type) {
    case 'shorter_context':
      return `It would fit with a context of ${formatCount(way.context_length)} tokens: ${formatBytes(way.needs_bytes)}.`;
    case 'without':
      return `It would fit without ${way.models.map(({ model, bytes }) => `${model} (${formatBytes(bytes)})`).join(' and ')}.`;
    case 'other_model':
      return `Answer with ${way.model}, ${formatBytes(way.needs_bytes)}`;
  }
}
