import type { ModelPlan } from '@pilotlight/contract';
import { useEffect, useState } from 'react';

import { useApp } from '../../app/create-app.ts';
import { wayWords } from './way-words.ts';

interface WaysToFitProps {
  readonly model: string;
  /** One that would answer now, offered where the plan names no other. */
  readonly instead: string | undefined;
  readonly onModel: (model: string) => void;
}

/** What would fit in place of a model that does not, each with its figure; asked of the server, because it changes with what is in memory. */
export function WaysToFit({ model, instead, onModel }: WaysToFitProps) {
  const ways = usePlan(model)?.would_fit ?? [];
  const others = ways.filter((way) => way.type === 'other_model');
  const words = ways.filter((way) => way.type !== 'other_model').map(wayWords);
  return (
    <>
      {others.length > 0 || instead === undefined ? null : (
        <button type="button" className="btn small wrap" onClick={() => onModel(instead)}>
          Answer with {instead}
        </button>
      )}
      {others.map((way) => (
        <button key={way.model} type="button" className="btn small wrap" onClick={() => onModel(way.model)}>
          {wayWords(way)}
        </button>
      ))}
      {words.length === 0 ? null : <p className="hint order-first m-0 w-full">{words.join(' ')}</p>}
    </>
  );
}

/** The plan of a load as it is now. Undefined until it came, and where it cannot be had. */
export function usePlan(model: string): ModelPlan | undefined {
  const { planLoad } = useApp();
  const [plan, setPlan] = useState<ModelPlan>();
  useEffect(() => {
    const controller = new AbortController();
    planLoad(model, controller.signal).then(setPlan, () => undefined);
    return () => controller.abort();
  }, [model, planLoad]);
  return plan;
}
