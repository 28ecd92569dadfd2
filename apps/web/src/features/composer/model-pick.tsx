import { useEffect, useRef, useState } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { findModel } from '../models/models-state.ts';
import { ModelPicker } from '../models/model-picker.tsx';
import { modelWords } from '../models/phase-words.ts';

interface ModelPickProps {
  readonly conversationId: string | undefined;
  /** The model the next message goes to. */
  readonly name: string | undefined;
}

/** In the margin of the composer: the model with its flame and its words, and the list to choose another. */
export function ModelPick({ conversationId, name }: ModelPickProps) {
  const app = useApp();
  const now = useNow(1000);
  const model = useAppState((state) => findModel(state.models, name));
  const hasModels = useAppState((state) => state.models !== undefined);
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useOutsideClose(place, isOpen, () => setOpen(false));
  const words = model === undefined ? (hasModels ? 'no engine has it' : 'asking the server') : modelWords(model, now);
  return (
    <div className="pick" ref={place}>
      <button ref={button} type="button" aria-haspopup="dialog" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span className="vh">Model: </span>
        <span className="who">
          <Flame phase={model?.phase ?? (hasModels ? 'absent' : 'unknown')} progress={model?.progress} size={16} />
          <span>{name ?? 'no model'}</span>
          <Icon name="down" size={12} />
        </span>
        <span className="ph">{words}</span>
        <span className="vh">. Choose another</span>
      </button>
      {isOpen ? (
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
      ) : null}
    </div>
  );
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
