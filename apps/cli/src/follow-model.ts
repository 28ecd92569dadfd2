import { modelsEventSchema, withTag } from '@pilotlight/contract';
import type { ModelsEvent, ModelView } from '@pilotlight/contract';

import { ServerFailure } from './server-client.ts';
import type { ServerClient } from './server-client.ts';

/**
 * Follows one model's phase until `isDone`; `onChange` sees every change. Resolves with the last view.
 * Throws `ServerFailure` if the model vanishes or the stream ends before.
 */
export async function followModel(
  server: ServerClient,
  model: ModelView,
  watch: { isDone: (view: ModelView) => boolean; onChange: (view: ModelView) => void },
): Promise<ModelView> {
  const controller = new AbortController();
  try {
    for await (const event of server.events({ method: 'GET', path: '/api/models/events', signal: controller.signal })) {
      const parsed = modelsEventSchema.safeParse(parseJson(event.data));
      if (!parsed.success) continue;
      const view = findIn(parsed.data, model);
      if (view === 'removed')
        throw new ServerFailure(`${model.name} was removed`, { code: 'model_not_found', remedy: 'pilotlight models lists what there is.' });
      if (!view) continue;
      watch.onChange(view);
      if (watch.isDone(view)) return view;
    }
  } finally {
    controller.abort();
  }
  throw new ServerFailure('The server ended the stream of changes', {
    code: 'server_unreachable',
    remedy: 'See whether it is still running: pilotlight models.',
  });
}

function findIn(event: ModelsEvent, model: ModelView): ModelView | 'removed' | undefined {
  const same = (other: { name: string; engine: string }): boolean =>
    withTag(other.name) === withTag(model.name) && other.engine === model.engine;
  if (event.type === 'models') return event.models.find(same) ?? 'removed';
  if (event.type === 'model') return same(event.model) ? event.model : undefined;
  return event.type === 'model_removed' && same(event) ? 'removed' : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
