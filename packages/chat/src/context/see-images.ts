import { Problem } from '@pilotlight/contract';
import type { Gateway } from '@pilotlight/contract';

import type { WholeMessage } from './read-contents.ts';

/** Whether a model can be given images. A server that tells nothing of its models is asked, and refuses by itself. */
export function canSee(capabilities: readonly string[]): boolean {
  return capabilities.length === 0 || capabilities.includes('vision');
}

/** The refusal of images by a model that cannot see, with those that can. */
export function refuseImages(model: string, gateway: Pick<Gateway, 'models'>): Problem {
  const models = [
    ...new Set(
      gateway
        .models()
        .models.filter(({ capabilities }) => capabilities.includes('vision'))
        .map(({ name }) => name),
    ),
  ];
  const others = models.length === 0 ? 'No model that is here can.' : `${toList(models.slice(0, 5))} can.`;
  return new Problem('not_supported', `${model} cannot see images. ${others}`, {
    field: 'attachments',
    facts: { capability: 'vision', models },
  });
}

function toList(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** The messages for a model that cannot see: in place of an image stands that there is one. */
export function withoutImages(messages: readonly WholeMessage[]): { readonly messages: WholeMessage[]; readonly count: number } {
  let count = 0;
  const seen = messages.map((message) => {
    if (message.images.length === 0) return message;
    count += message.images.length;
    const notes = message.images.map(({ name }) => `(The image "${name}" is not shown to you.)`);
    return { ...message, content: [...notes, message.content].join('\n'), images: [] };
  });
  return { messages: seen, count };
}
