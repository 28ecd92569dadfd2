import type { Receipt } from '@pilotlight/contract';

import { Icon } from '../../ui/icon.tsx';
import type { AnswerState } from './answer-state.ts';
import { reasoningWords } from './reasoning-words.ts';

interface ReasoningProps {
  readonly text: string;
  readonly live: AnswerState | undefined;
  readonly receipt: Receipt | undefined;
  readonly isRunning: boolean;
}

/** What the model thought before it answered, folded away; the line over it says for how long. */
export function Reasoning({ text, live, receipt, isRunning }: ReasoningProps) {
  return (
    <details className="fold">
      <summary>
        <Icon name="forward" size={14} />
        {reasoningWords(text, { live, receipt, isRunning })}
      </summary>
      <div dir="auto">{text}</div>
    </details>
  );
}
