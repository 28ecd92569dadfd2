import { useState } from 'react';

import { Flame, type FlameProps } from '../../ui/flame.tsx';

export interface MarginFacts {
  readonly flame: Pick<FlameProps, 'phase' | 'progress' | 'position'>;
  readonly name: string;
  /** The first is kept on a phone, the others stand behind a tap. */
  readonly facts: readonly string[];
  /** A sentence, on hover and focus. */
  readonly note?: string | undefined;
}

/** Beside an answer: who speaks, in which phase, and what is known about it. */
export function Margin({ facts: { flame, name, facts, note } }: { readonly facts: MarginFacts }) {
  const [isAll, setAll] = useState(false);
  const lines = note === undefined ? facts : [...facts, note];
  return (
    <div className="m">
      <span className="who" title={name}>
        <Flame {...flame} />
        <span>{name}</span>
      </span>
      <span className={isAll ? 'facts all' : 'facts'}>
        {lines.map((fact, index) => (
          <span key={fact} className={index === 0 ? 'keep' : undefined}>
            {fact}
          </span>
        ))}
      </span>
      {lines.length > 1 ? (
        <button
          type="button"
          className="facts-more"
          aria-expanded={isAll}
          aria-label={isAll ? 'Fewer facts' : 'More facts'}
          onClick={() => setAll(!isAll)}
        >
          {isAll ? '–' : '…'}
        </button>
      ) : null}
    </div>
  );
}
