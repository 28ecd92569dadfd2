import type { MessageView } from '@pilotlight/contract';
import { useEffect, useMemo, useRef } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { Icon } from '../../ui/icon.tsx';
import { SettingsSection } from '../settings/settings-section.tsx';
import { threadOf } from '../thread/tree.ts';
import { ReceiptSection } from './receipt-section.tsx';

interface DetailsPanelProps {
  readonly conversationId: string | undefined;
}

/** At the side on demand: what is known about one answer, and the settings of its chat. Opening moves the focus into it, closing back. */
export function DetailsPanel({ conversationId }: DetailsPanelProps) {
  const app = useApp();
  const panel = useAppState((state) => state.panel);
  const message = useShownAnswer(conversationId, panel?.answerId);
  const heading = useRef<HTMLHeadingElement>(null);
  const settings = useRef<HTMLDivElement>(null);
  const close = (): void => app.showPanel(undefined);
  useEffect(() => {
    if (panel?.part === 'settings') settings.current?.scrollIntoView({ block: 'start' });
    heading.current?.focus();
  }, [panel?.part]);
  return (
    // Esc closes it from anywhere within.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      className="panel"
      aria-label="Details"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          Details
        </h2>
        <button type="button" className="btn quiet icon" aria-label="Close the details" title="Close (Esc)" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {message === undefined ? (
        <section>
          <h3>Receipt</h3>
          <p className="hint">No answer of this chat has ended yet. What is known about one is written here then.</p>
        </section>
      ) : (
        <ReceiptSection message={message} />
      )}
      <div ref={settings}>
        <SettingsSection key={conversationId ?? 'new'} conversationId={conversationId} />
      </div>
    </aside>
  );
}

/** The answer that was asked about, else the last one that has ended. */
function useShownAnswer(conversationId: string | undefined, answerId: string | undefined): MessageView | undefined {
  const view = useAppState((state) => (conversationId === undefined ? undefined : state.views[conversationId]));
  return useMemo(() => {
    if (view === undefined) return undefined;
    const answers = threadOf(view.messages, view.head_id).map(({ message }) => message);
    return answers.find(({ id }) => id === answerId) ?? answers.findLast(({ role, state }) => role === 'assistant' && state !== 'running');
  }, [view, answerId]);
}
