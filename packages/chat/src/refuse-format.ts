import { Problem } from '@pilotlight/contract';
import type { Gateway, Options } from '@pilotlight/contract';

interface AskedFormat {
  readonly task: string;
  readonly model: string | undefined;
  readonly options: Options;
}

/** Throws `Problem('invalid_request')` where it is known that no answer can be held to the format, before anything is stored. What is not known yet is tried by the answer itself. */
export function refuseFormat({ task, model, options: { format } }: AskedFormat, gateway: Pick<Gateway, 'whyNotFormat'>): void {
  const why = format === undefined ? undefined : gateway.whyNotFormat({ task, model, format });
  if (why !== undefined) throw new Problem('invalid_request', why, { field: 'options.format', source: 'upstream' });
}
