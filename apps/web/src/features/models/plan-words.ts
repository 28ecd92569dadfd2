import type { ModelPlan, ModelView } from '@pilotlight/contract';

import { toSentence } from '../../ui/format.ts';
import { loadWords } from './phase-words.ts';
import { wayWords } from './way-words.ts';

/** What choosing a cold model means for the others; undefined where nothing but its own load comes of it. */
export function planWords(plan: ModelPlan | undefined, model: Pick<ModelView, 'estimates' | 'metrics'>): string | undefined {
  switch (plan?.verdict) {
    case 'after_unloading': {
      const names = plan.unload.map(({ model: name, in_use: isInUse }) => (isInUse ? `${name}, which is in use` : name));
      return `Fits after unloading ${new Intl.ListFormat('en', { type: 'conjunction' }).format(names)}. ${loadWords(model)}`;
    }
    case 'never':
      return [toSentence(plan.reason), ...(plan.would_fit ?? []).filter(({ type }) => type !== 'other_model').map(wayWords)].join(' ');
    case 'fits':
    case 'resident':
    case 'not_counted':
    case undefined:
      return undefined;
  }
}
