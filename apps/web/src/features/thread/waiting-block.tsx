import type { CSSProperties } from 'react';

import type { Waiting } from './waiting-words.ts';

interface WaitingBlockProps {
  readonly waiting: Waiting;
  /** A model that is ready now. */
  readonly instead: string | undefined;
  readonly onInstead: (model: string) => void;
  readonly onStop: (() => void) | undefined;
}

/** The wait in words, where the answer will stand, with the ways out of it. */
export function WaitingBlock({ waiting, instead, onInstead, onStop }: WaitingBlockProps) {
  const { share } = waiting;
  return (
    <div className="state">
      <p className="hd">{waiting.heading}</p>
      {share === undefined ? null : (
        <span className={waiting.isReading === true ? 'meter blue' : 'meter'} style={{ '--p': Math.round(share * 100) } as CSSProperties}>
          <i />
        </span>
      )}
      <p className="sub">{waiting.sentence}</p>
      <div className="btns">
        {instead === undefined ? null : (
          <button type="button" className="btn small wrap" onClick={() => onInstead(instead)}>
            Answer with {instead} now
          </button>
        )}
        {onStop === undefined ? null : (
          <button type="button" className="btn small quiet" onClick={onStop}>
            Stop
          </button>
        )}
      </div>
    </div>
  );
}
