import type { ModelView } from '@pilotlight/contract';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { consequence, modelSize } from './phase-words.ts';
import { planWords } from './plan-words.ts';
import { groupModels } from './picker-groups.ts';
import { usePlan } from './ways-to-fit.tsx';

interface ModelPickerProps {
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
  readonly onClose: () => void;
}

/** All models, grouped by what choosing one costs. Arrow keys move, Enter chooses, Esc closes; loading and unloading is beside each. */
export function ModelPicker({ chosen, onChoose, onClose }: ModelPickerProps) {
  const models = useAppState((state) => state.models);
  const now = useNow(1000);
  const [query, setQuery] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => search.current?.focus(), []);
  const groups = models === undefined ? [] : groupModels(models, query);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      moveFocus(box.current, event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && event.target === search.current) {
      event.preventDefault();
      const first = groups[0]?.models[0];
      if (first !== undefined && !event.nativeEvent.isComposing) onChoose(first.name);
    }
  }

  return (
    // A dialog that leaves the page usable; its keys move among what is in it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/prefer-tag-over-role
    <div ref={box} className="menu picker" role="dialog" aria-label="Choose a model" onKeyDown={onKeyDown}>
      <div className="search">
        <input
          ref={search}
          className="field"
          type="search"
          placeholder="Find a model"
          aria-label="Find a model"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      {groups.length === 0 ? <p className="none">{models === undefined ? 'Asking the server for its models.' : noneWords(query)}</p> : null}
      <div className="list">
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <div className="grp">{group.title}</div>
            <ul>
              {group.models.map((model) => (
                <Option
                  key={`${model.engine} ${model.name}`}
                  model={model}
                  isChosen={model.name === chosen}
                  now={now}
                  onChoose={onChoose}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}

function noneWords(query: string): string {
  return query.trim() === ''
    ? 'No engine has a model. Put a .gguf file into the models folder, or start Ollama.'
    : `No model has “${query.trim()}” in its name.`;
}

/** Moves among search field and options; the ends do not wrap. */
function moveFocus(box: HTMLElement | null, step: 1 | -1): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>('input, .choose') ?? [])];
  const active = document.activeElement;
  const row = active?.closest('.opt')?.querySelector<HTMLElement>('.choose');
  const index = stops.indexOf(row ?? (active as HTMLElement));
  stops[Math.min(stops.length - 1, Math.max(0, index + step))]?.focus();
}

interface OptionProps {
  readonly model: ModelView;
  readonly isChosen: boolean;
  readonly now: number;
  readonly onChoose: (name: string) => void;
}

function Option({ model, isChosen, now, onChoose }: OptionProps) {
  const app = useApp();
  const [failure, setFailure] = useState<string>();
  const what = loadAction(model);
  const isPinned = model.pinned === true;
  return (
    <li className={model.health ? 'opt' : 'opt no'}>
      <button type="button" className="choose" aria-current={isChosen ? 'true' : undefined} onClick={() => onChoose(model.name)}>
        <Flame phase={model.phase} progress={model.progress} size={16} />
        <span className="nm">{model.name}</span>
        <span className="sz">{modelSize(model)}</span>
        {isChosen ? <Icon name="check" /> : <span />}
        <span className="w">{failure ?? <Consequence model={model} now={now} />}</span>
      </button>
      <button
        type="button"
        className="btn quiet icon small pinb"
        aria-pressed={isPinned}
        aria-label={`Keep ${model.name} in memory`}
        title={isPinned ? 'Pinned: it is never unloaded to make room. Let it go' : 'Pin: never unload it to make room'}
        onClick={() => void app.loadModel(model.name, isPinned ? 'unpin' : 'pin').then(setFailure)}
      >
        <Icon name="pin" size={14} />
      </button>
      {what === undefined ? null : (
        <button
          type="button"
          className="btn quiet small act"
          aria-label={`${what === 'load' ? 'Load' : 'Unload'} ${model.name}`}
          onClick={() => void app.loadModel(model.name, what).then(setFailure)}
        >
          {what === 'load' ? 'Load' : 'Unload'}
        </button>
      )}
    </li>
  );
}

/** For a model that is not in memory, what its load would mean for the others, asked of the server when the list is opened. */
function Consequence({ model, now }: { readonly model: ModelView; readonly now: number }) {
  return model.phase === 'cold' && model.health ? <Planned model={model} now={now} /> : consequence(model, now);
}

function Planned({ model, now }: { readonly model: ModelView; readonly now: number }) {
  const plan = usePlan(model.name);
  return planWords(plan, model) ?? consequence(model, now);
}

function loadAction(model: ModelView): 'load' | 'unload' | undefined {
  switch (model.phase) {
    case 'cold':
    case 'failed':
    case 'unknown':
      return model.health ? 'load' : undefined;
    case 'ready':
    case 'busy':
    case 'wedged':
      return 'unload';
    case 'absent':
    case 'downloading':
    case 'queued':
    case 'loading':
    case 'warming':
    case 'draining':
    case 'unloading':
      return undefined;
  }
}
