import type { MessageView } from '@pilotlight/contract';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useClock, useNow } from '../../app/ports.ts';
import { useAway } from '../../app/use-away.ts';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { findModel } from '../models/models-state.ts';
import { modelWords } from '../models/phase-words.ts';
import { silentWords } from '../thread/waiting-words.ts';

// It does not come with the first load, but is there before anybody can open it.
const loadPicker = () => import('../models/model-picker.tsx');
const ModelPicker = lazy(async () => ({ default: (await loadPicker()).ModelPicker }));
const PREPARED_AFTER_MS = 1500;

interface ModelPickProps {
  readonly conversationId: string | undefined;
  /** The model the next message goes to. */
  readonly name: string | undefined;
  /** The answer that is being written in this conversation. */
  readonly running: MessageView | undefined;
}

/** In the margin of the composer: the model with its flame and its words, and the list to choose another. */
export function ModelPick({ conversationId, name, running }: ModelPickProps) {
  const app = useApp();
  const now = useNow(1000);
  const model = useAppState((state) => findModel(state.models, name));
  const hasModels = useAppState((state) => state.models !== undefined);
  const isAway = useAway();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const clock = useClock();
  useEffect(() => {
    const timer = clock.after(PREPARED_AFTER_MS, () => void loadPicker().catch(() => undefined));
    return () => timer[Symbol.dispose]();
  }, [clock]);
  useOutsideClose(place, isOpen, () => setOpen(false));
  const silent = useSilence(running, name);
  const words = model === undefined || isAway ? missingWords({ name, hasModels, isAway }) : modelWords(model, now);
  const phase = isAway ? 'unknown' : (model?.phase ?? (hasModels ? 'absent' : 'unknown'));
  return (
    <div className="pick" ref={place}>
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && isOpen) setOpen(false);
        }}
      >
        <span className="vh">Model: </span>
        <span className="who">
          <Flame phase={silent === undefined ? phase : 'unknown'} progress={isAway ? undefined : model?.progress} size={16} />
          <span>{name ?? 'no model'}</span>
          <Icon name="down" size={12} />
        </span>
        <span className="ph">{silent === undefined || isAway ? words : silentWords(silent, now)}</span>
        <span className="vh">. Choose another</span>
      </button>
      {isOpen ? (
        <Suspense fallback={null}>
          <ModelPicker
            chosen={name}
            onChoose={(chosen) => {
              app.chooseModel(conversationId, chosen);
              setOpen(false);
              button.current?.focus();
            }}
            onClose={() => {
              setOpen(false);
              button.current?.focus();
            }}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

interface Missing {
  readonly name: string | undefined;
  readonly hasModels: boolean;
  readonly isAway: boolean;
}

/** Why nothing is said of the model that the next message goes to. */
function missingWords({ name, hasModels, isAway }: Missing): string {
  if (isAway) return 'server away';
  if (hasModels) return name === undefined ? 'none was found' : 'no engine has it';
  return 'asking the server';
}

/** The silence of this model in the answer of this conversation, if it lasts. */
function useSilence(running: MessageView | undefined, name: string | undefined): { readonly since: string } | undefined {
  const phase = useAppState((state) => (running?.generation_id === undefined ? undefined : state.answers[running.generation_id]?.phase));
  return phase?.phase === 'stalled' && phase.model === name ? phase : undefined;
}

function useOutsideClose(place: { readonly current: HTMLElement | null }, isOpen: boolean, close: () => void): void {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && place.current?.contains(event.target) === false) latest.current();
    };
    document.addEventListener('pointerdown', onPointer);
    return () => document.removeEventListener('pointerdown', onPointer);
  }, [isOpen, place]);
}
