import type { ServerKind } from './to-model-description.ts';

/** A path at which llama-server's router must not load a model by itself: loads belong to whoever plans them. */
export function withoutAutoload(path: string, kind: ServerKind): string {
  return kind === 'llama-router' ? `${path}?autoload=false` : path;
}
