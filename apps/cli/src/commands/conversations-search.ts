import { searchResultSchema } from '@pilotlight/contract';
import type { SearchHit } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { toPrintable } from '../printable.ts';

export const conversationsSearch: Command = {
  name: 'search',
  summary: 'Find words in titles, messages and attached files; the last may be the beginning of one',
  arguments: [
    { name: 'WORDS', description: 'the words to find, all of them in one message, file or title', required: true, takesRest: true },
  ],
  options: [],
  async run({ arguments: [text = ''], server, terminal, json }) {
    const result = searchResultSchema.parse(
      await server.request('GET', `/api/conversations/search?limit=50&q=${encodeURIComponent(text)}`),
    );
    if (json) terminal.write(`${JSON.stringify(result)}\n`);
    else for (const hit of result.hits) terminal.write(toLines(hit, terminal.isInteractive));
    if (result.hits.length === 0 && !json) terminal.note('Nothing was found.\n');
    if (result.next !== null && !json) terminal.note('There is more. Name more words.\n');
    return result.hits.length === 0 ? 1 : 0;
  },
};

/** Id and title, and under them what was found; the words stand out where a person watches. */
function toLines(hit: SearchHit, isInteractive: boolean): string {
  const { conversation, message_id: messageId } = hit;
  const head = `${conversation.id}  ${toPrintable(conversation.title)}\n`;
  if (messageId === undefined) return head;
  return `${head}    ${toWhere(hit)}${mark(hit, isInteractive)}\n`;
}

/** Of a file that was found by its name, the snippet is the name. */
function toWhere({ attachment, snippet }: SearchHit): string {
  if (attachment === undefined) return '';
  return attachment.name === snippet ? 'file: ' : `in ${toPrintable(attachment.name)}: `;
}

function mark({ snippet, marks }: SearchHit, isInteractive: boolean): string {
  if (!isInteractive) return toPrintable(snippet);
  let text = '';
  let from = 0;
  for (const { start, end } of marks) {
    text += `${toPrintable(snippet.slice(from, start))}\u001B[1m${toPrintable(snippet.slice(start, end))}\u001B[22m`;
    from = end;
  }
  return text + toPrintable(snippet.slice(from));
}
