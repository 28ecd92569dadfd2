import type { ImportResult, ImportSource } from '@pilotlight/contract';

import { formatCount } from '../../ui/format.ts';

const SOURCES: Readonly<Record<ImportSource, string>> = {
  pilotlight: 'Pilotlight',
  'open-webui': 'Open WebUI',
  librechat: 'LibreChat',
  chatgpt: 'ChatGPT',
};

/** Imported 12 chats. */
export function importedHeading({ imported }: ImportResult): string {
  return `Imported ${counted(imported.length, 'chat')}`;
}

/** How much came, from where, and where it is now. */
export function importedWords({ source, imported }: ImportResult): string {
  const messages = imported.reduce((sum, one) => sum + one.messages, 0);
  const where = imported.length === 1 ? 'It stands in the list under the day of its' : 'They stand in the list under the days of their';
  return `${counted(messages, 'message')}, from an export of ${SOURCES[source]}. ${where} last change.`;
}

/** What was left out, before the reasons. */
export function refusedWords({ refused }: ImportResult): string {
  return refused.length === 1 ? '1 chat was left out:' : `${formatCount(refused.length)} chats were left out:`;
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;
}
