import type { ModelsView } from '@pilotlight/contract';
import { useMemo, type CSSProperties } from 'react';

import { useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { useAway } from '../../app/use-away.ts';
import { Flame } from '../../ui/flame.tsx';
import { formatShare, toSentence } from '../../ui/format.ts';
import { graphicsOf, memoryParts, modelsInMemory, sharedWords, silencesOf, unusableWords, type MemoryPart } from './memory-parts.ts';
import { offloadWords, phaseWords } from './phase-words.ts';

/** As many as the style sheet has room for. */
const SHOWN_ROWS = 5;

/** At the foot of the list: which models are in memory or on their way, and how much of it is free. */
export function MemoryFoot() {
  const models = useAppState((state) => state.models);
  const answers = useAppState((state) => state.answers);
  const silences = useMemo(() => silencesOf(answers), [answers]);
  const now = useNow(1000, silences.size > 0);
  const isAway = useAway();
  if (models === undefined) return null;
  const { rows, unusable } = modelsInMemory(models, silences, now);
  return (
    <section className="side-mem" aria-label="Memory">
      {/* More than are shown at once are scrolled to with the keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul aria-label="In memory" tabIndex={rows.length > SHOWN_ROWS ? 0 : undefined}>
        {rows.map(({ model, phase, words }) => (
          <li key={`${model.engine} ${model.name}`} className="ln">
            <span className="who" title={[`${model.name}: ${model.phase}.`, model.reason, offloadWords(model)].join(' ').trim()}>
              <Flame phase={isAway ? 'unknown' : phase} progress={isAway ? undefined : model.progress} />
              <span>{model.name}</span>
              <span className="vh">{isAway ? 'not known now' : phase === model.phase ? phaseWords(model, now) : words}</span>
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
      <FreeMemory models={models} isAway={isAway} />
    </section>
  );
}

interface FreeMemoryProps {
  readonly models: ModelsView;
  /** What is shown is what was heard last. */
  readonly isAway: boolean;
}

function FreeMemory({ models, isAway }: FreeMemoryProps) {
  const { memory } = models;
  const graphics = graphicsOf(models);
  const asOf = isAway ? ', as last heard' : '';
  return (
    <>
      {memory.total_bytes === 0 ? null : (
        <Pool
          label={`${graphics === undefined ? 'Free' : 'Free memory'}${asOf}`}
          words={formatShare(memory.free_bytes, memory.total_bytes)}
          title={sharedWords(memory)}
          parts={memoryParts(models)}
        />
      )}
      {graphics === undefined ? null : (
        <Pool
          label={`Free on ${graphics.cards.length === 1 ? 'the card' : `${graphics.cards.length} cards`}${asOf}`}
          words={formatShare(graphics.freeBytes, graphics.totalBytes)}
          title={graphics.cards.join('\n')}
          parts={graphics.parts}
        />
      )}
      {memory.gpus_unknown === undefined ? null : <p className="why">Graphics memory is not counted. {toSentence(memory.gpus_unknown)}</p>}
    </>
  );
}

interface PoolProps {
  readonly label: string;
  readonly words: string;
  readonly title: string | undefined;
  readonly parts: readonly MemoryPart[];
}

/** How much of one kind of memory is free, and who has the rest. */
function Pool({ label, words, title, parts }: PoolProps) {
  return (
    <>
      <div className="ln tot" title={title}>
        <span>{label}</span>
        {title === undefined ? null : <span className="vh">{title}</span>}
        <span>{words}</span>
      </div>
      <span className="mem" aria-hidden="true">
        {parts.map((part) => (
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
