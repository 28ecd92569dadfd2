import { useState } from 'react';
import { flushSync } from 'react-dom';

import { useApp, useAppState, type App } from '../../app/create-app.ts';
import { useNow, useClock } from '../../app/ports.ts';
import { useStore } from '../../app/store.ts';
import { Flame } from '../../ui/flame.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { lastDeletion } from '../conversations/deletions.ts';
import { phaseWords } from '../models/phase-words.ts';
import { runningAnswer, threadOf } from '../thread/tree.ts';
import { findCommands, type Command, type FoundCommand } from './find-commands.ts';

const NO_MODELS = [] as const;

/** Models and actions that the search leads to as well, above the chats. */
export function CommandRows({ query, onLeave }: { readonly query: string; readonly onLeave: () => void }) {
  const app = useApp();
  const clock = useClock();
  const route = useStore(app.router.route, (value) => value);
  const conversationId = route.page === 'conversation' ? route.id : undefined;
  const models = useAppState((state) => state.models?.models ?? NO_MODELS);
  const running = useAppState((state) => {
    const view = conversationId === undefined ? undefined : state.views[conversationId];
    if (view === undefined) return undefined;
    // One on another branch has no button of its own on the page.
    const any = view.messages.find(({ state: how }) => how === 'running');
    return (runningAnswer(threadOf(view.messages, view.head_id)) ?? any)?.generation_id;
  });
  const deletions = useAppState((state) => state.deletions);
  const found = findCommands(query, { models, running, hasDeletion: lastDeletion(deletions, clock.now()) !== undefined });
  const [failure, setFailure] = useState<string>();
  function run(command: Command): void {
    if (command.kind === 'load' || command.kind === 'unload') {
      // The row goes with what it offers; what becomes of the model is said by the one that stays.
      document.querySelector<HTMLElement>('#find')?.focus();
      void app.loadModel(command.model.name, command.kind).then(setFailure);
      return;
    }
    // What is under an open list cannot have the focus before it is closed.
    flushSync(() => {
      app.search.write('');
      onLeave();
    });
    perform(app, conversationId, command);
  }
  return (
    <>
      <Section title="Models" commands={found.models} onRun={run} />
      {failure === undefined ? null : (
        <p className="err px-2" role="alert">
          Not done: {failure}
        </p>
      )}
      <Section title="Actions" commands={found.actions} onRun={run} />
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly commands: readonly FoundCommand[];
  readonly onRun: (command: Command) => void;
}

function Section({ title, commands, onRun }: SectionProps) {
  const now = useNow(1000, commands.length > 0);
  if (commands.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {commands.map(({ command, words }) => (
          <li key={words}>
            <button
              type="button"
              className="nav"
              title={'model' in command ? phaseWords(command.model, now) : undefined}
              onClick={() => onRun(command)}
            >
              {'model' in command ? (
                <Flame phase={command.model.phase} progress={command.model.progress} size={16} />
              ) : (
                <Icon name={ICONS[command.kind]} />
              )}
              <span>{words}</span>
              {'model' in command ? <span className="vh">, {phaseWords(command.model, now)}</span> : null}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

const ICONS: Readonly<Record<Exclude<Command, { readonly model: unknown }>['kind'], IconName>> = {
  'new-chat': 'new-chat',
  'temporary-chat': 'temporary',
  stop: 'stop',
  details: 'panel',
  settings: 'sliders',
  'bring-back': 'back',
};

type LeavingCommand = Exclude<Command, { readonly kind: 'load' | 'unload' }>;

function perform(app: App, conversationId: string | undefined, command: LeavingCommand): void {
  switch (command.kind) {
    case 'answer-with':
      app.chooseModel(conversationId, command.model.name);
      focusMessage();
      return;
    case 'new-chat':
    case 'temporary-chat':
      flushSync(() => {
        app.router.go('/');
        if (command.kind === 'temporary-chat') app.settings.setTemporary(true);
      });
      focusMessage();
      return;
    case 'stop':
      if (conversationId !== undefined) void app.answers.stop(conversationId, command.generation);
      focusMessage();
      return;
    case 'details':
    case 'settings':
      focusMessage();
      app.showPanel({ part: command.kind === 'details' ? 'receipt' : 'settings' });
      return;
    case 'bring-back':
      app.conversations.restoreLast();
  }
}

function focusMessage(): void {
  document.querySelector<HTMLElement>('#message')?.focus({ preventScroll: true });
}
