import type { Engine, EngineKind, EngineStatus } from '@pilotlight/contract';

const NAMES: Record<EngineKind, string> = { 'llama.cpp': 'the built-in engine', ollama: 'Ollama', openai: 'the server' };

/** The engine as a sentence names it: "Ollama on localhost:11434". */
export function toEngineName({ kind }: Pick<Engine, 'kind'>, { address }: Pick<EngineStatus, 'address'>): string {
  return kind === 'llama.cpp' ? NAMES[kind] : `${NAMES[kind]} on ${toHost(address)}`;
}

/** How the engine stands, in words: what was tried, for how long, and what came of it. */
export function toStatusWords(engine: Pick<Engine, 'kind'>, status: EngineStatus, wasSeen: boolean): string {
  const name = toEngineName(engine, status);
  if (status.reachable) return status.version === undefined ? `${name} answers` : `${name} answers, version ${status.version}`;
  const tried = status.durationMs < 50 ? 'at once' : `tried for ${toSeconds(status.durationMs)}`;
  const because = toBecause(status, tried);
  if (wasSeen || engine.kind === 'llama.cpp') return `${name} does not answer: ${because}`;
  return `no ${name.replace(/^the /, '')}: ${because}`;
}

/** What the engine itself said of it, without the name that stands before it; one that ran into its limit has told the time already. */
function toBecause({ reason }: EngineStatus, tried: string): string {
  if (reason === undefined) return tried;
  const words = reason.replace(/^.* (?=did not answer within )|^.* does not answer: /, '').replace(/\.$/, '');
  return /^(did not answer|no answer) within /.test(words) ? words.replace('did not answer', 'no answer') : `${words}, ${tried}`;
}

function toHost(address: string): string {
  return address.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

function toSeconds(ms: number): string {
  return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`;
}
