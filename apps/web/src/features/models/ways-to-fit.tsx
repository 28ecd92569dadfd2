import type { ModelPlan, WayToFit } from '@pilotlight/contract';
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
  const plan = usePlan(model);
  const ways = plan?.would_fit ?? [];
  const hasOther = ways.some(({ type }) => type === 'other_model');
  return (
    <>
      {hasOther || instead === undefined ? null : (
        <button type="button" className="btn small wrap" onClick={() => onModel(instead)}>
          Answer with {instead}
        </button>
      )}
      {ways.map((way) => (
        <Way key={wayWords(way)} way={way} onModel={onModel} />
      ))}
    </>
  );
}

function Way({ way, onModel }: { readonly way: WayToFit; readonly onModel: (model: string) => void }) {
  if (way.type !== 'other_model') return <span className="hint m-0">{wayWords(way)}</span>;
  return (
    <button type="button" className="btn small wrap" onClick={() => onModel(way.model)}>
      {wayWords(way)}
    </button>
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
