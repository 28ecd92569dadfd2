import type { MemoryView, ModelsView } from '@pilotlight/contract';
import { useMemo, type CSSProperties } from 'react';

import { useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { Flame } from '../../ui/flame.tsx';
import { formatShare } from '../../ui/format.ts';
import { memoryParts, modelsInMemory, silencesOf, unusableWords } from './memory-parts.ts';
import { phaseWords } from './phase-words.ts';

/** As many as the style sheet has room for. */
const SHOWN_ROWS = 5;

/** At the foot of the list: which models are in memory or on their way, and how much of it is free. */
export function MemoryFoot() {
  const models = useAppState((state) => state.models);
  const answers = useAppState((state) => state.answers);
  const silences = useMemo(() => silencesOf(answers), [answers]);
  const now = useNow(1000, silences.size > 0);
  if (models === undefined) return null;
  const { rows, unusable } = modelsInMemory(models, silences, now);
  return (
    <section className="side-mem" aria-label="Memory">
      {/* More than are shown at once are scrolled to with the keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul aria-label="In memory" tabIndex={rows.length > SHOWN_ROWS ? 0 : undefined}>
        {rows.map(({ model, phase, words }) => (
          <li key={`${model.engine} ${model.name}`} className="ln">
            <span className="who" title={`${model.name}: ${model.phase}. ${model.reason}`}>
              <Flame phase={phase} progress={model.progress} />
              <span>{model.name}</span>
              <span className="vh">{phase === model.phase ? phaseWords(model, now) : words}</span>
            </span>
            <span>{words}</span>
          </li>
        ))}
        {unusable.length === 0 ? null : (
          <li className="ln" title={unusable.map(({ name, reason }) => `${name}: ${reason}`).join('\n')}>
            <span className="who">
              <Flame phase="failed" />
              <span>{unusableWords(unusable.length)}</span>
            </span>
            <span />
          </li>
        )}
      </ul>
      <FreeMemory memory={models.memory} models={models} />
    </section>
  );
}

function FreeMemory({ memory, models }: { readonly memory: MemoryView; readonly models: ModelsView }) {
  if (memory.total_bytes === 0) return null;
  return (
    <>
      <div className="ln tot">
        <span>Free</span>
        <span>{formatShare(memory.free_bytes, memory.total_bytes)}</span>
      </div>
      <span className="mem" aria-hidden="true">
        {memoryParts(models).map((part) => (
          <i
            key={part.key}
            className={part.kind}
            style={{ '--w': part.share, '--p': Math.round((part.progress ?? 0) * 100) } as CSSProperties}
          />
        ))}
      </span>
    </>
  );
}
