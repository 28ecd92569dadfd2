import type { Core } from '../../app/core.ts';
import { toPath } from '../../app/router.ts';

const KEY = 'pilotlight.temporary';

/** Chats that are kept nowhere but in memory, and that go with the tab in which they were begun. */
export interface TemporaryChats {
  add(id: string): void;
}

/** What an earlier life of this tab has begun is gone: the server is told, and the tab shows a new chat in its place. */
export function keepTemporary({ ports, api, router }: Pick<Core, 'ports' | 'api' | 'router'>): TemporaryChats {
  const ids = new Set<string>();
  const forget = (id: string): void => void api.deleteConversation(id, true).catch(() => undefined);

  const before = toIds(ports.keptInTab.get(KEY));
  ports.keptInTab.remove(KEY);
  // What is sent while a page is being left does not always arrive. Told twice, it is gone once.
  for (const id of before) forget(id);
  const route = router.route.get();
  if (route.page === 'conversation' && before.includes(route.id)) router.replace(toPath(undefined));
  ports.page.onLeave(() => ids.forEach(forget));

  return {
    add(id) {
      ids.add(id);
      ports.keptInTab.set(KEY, JSON.stringify([...ids]));
    },
  };
}

function toIds(text: string | undefined): string[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
