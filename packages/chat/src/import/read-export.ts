import { EXPORT_FORMAT, EXPORT_VERSION, newPresetSchema, Problem } from '@pilotlight/contract';
import type { ImportSource, NewPreset } from '@pilotlight/contract';

import type { ForeignConversation } from './foreign-conversation.ts';
import { fromChatGpt } from './from-chatgpt.ts';
import { fromLibreChat } from './from-libre-chat.ts';
import { fromOpenWebUi } from './from-open-webui.ts';
import { fromPilotlight } from './from-pilotlight.ts';
import { toFields, toList } from './read-value.ts';
import type { Fields } from './read-value.ts';

export interface ReadExport {
  readonly source: ImportSource;
  readonly conversations: readonly ForeignConversation[];
  readonly presets: readonly NewPreset[];
}

const MAX_CONVERSATIONS = 2000;
const MAX_PRESETS = 500;

/** By what one conversation of each looks like. */
const FORMATS: readonly {
  readonly source: ImportSource;
  readonly fits: (item: Fields) => boolean;
  readonly read: (item: Fields) => ForeignConversation;
}[] = [
  { source: 'chatgpt', fits: (item) => toFields(item['mapping']) !== undefined, read: fromChatGpt },
  {
    source: 'open-webui',
    fits: (item) => toFields(toFields((toFields(item['chat']) ?? item)['history'])?.['messages']) !== undefined,
    read: fromOpenWebUi,
  },
  {
    source: 'librechat',
    fits: (item) => typeof item['conversationId'] === 'string' && Array.isArray(item['messages']),
    read: fromLibreChat,
  },
];

/** The conversations of an export, whosever it is. Throws `Problem('import_refused')` if it is none that is known. */
export function readExport(value: unknown): ReadExport {
  const document = toFields(value);
  if (document?.['format'] === EXPORT_FORMAT) {
    if (document['version'] !== EXPORT_VERSION) {
      throw new Problem(
        'import_refused',
        `The export has the version ${toShort(document['version'])}; this program reads version ${EXPORT_VERSION}.`,
      );
    }
    return {
      source: 'pilotlight',
      conversations: bound(toList(document['conversations'])).map((item) => fromPilotlight(toFields(item) ?? {})),
      presets: toList(document['presets']).slice(0, MAX_PRESETS).flatMap(toPreset),
    };
  }
  const items = bound(document === undefined ? toList(value) : [document]).map((item) => toFields(item) ?? {});
  const format = FORMATS.find(({ fits }) => items.some(fits));
  if (format === undefined) {
    throw new Problem('import_refused', 'It is no export of Pilotlight, Open WebUI, LibreChat or ChatGPT.');
  }
  return { source: format.source, conversations: items.filter(format.fits).map(format.read), presets: [] };
}

/** A preset of ours without its id and its times; one that is not as it should be is left out. */
function toPreset(value: unknown): NewPreset[] {
  const { id: _id, created_at: _created, updated_at: _updated, ...fields } = toFields(value) ?? {};
  const preset = newPresetSchema.safeParse(fields);
  return preset.success ? [preset.data] : [];
}

const LONGEST_VERSION = 50;

/** A value of the file as it may stand in a message: whatever it is, and however large. */
function toShort(value: unknown): string {
  const text = value === undefined ? 'undefined' : JSON.stringify(value);
  return text.length > LONGEST_VERSION ? `${text.slice(0, LONGEST_VERSION)}…` : text;
}

function bound(items: readonly unknown[]): readonly unknown[] {
  if (items.length <= MAX_CONVERSATIONS) return items;
  throw new Problem('import_refused', `It has ${items.length} conversations; at most ${MAX_CONVERSATIONS} can be imported at once.`);
}
