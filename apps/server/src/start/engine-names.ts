import { originInWords } from '@pilotlight/settings';
import type { Settings } from '@pilotlight/settings';

/** The engine that runs models here. */
const BUILT_IN = 'llama.cpp';

/** By host, and path where there is one: several may stand behind one proxy. */
export function toOllamaId(address: string): string {
  const { host, pathname } = new URL(address);
  return `ollama@${host}${pathname.replace(/\/+$/, '')}`;
}

/** The name of each Ollama server, in the order of the settings; a single one needs no address in it. */
export function ollamaNames({ ollamaHosts }: Pick<Settings, 'ollamaHosts'>): readonly string[] {
  return ollamaHosts.length === 1 ? ['ollama'] : ollamaHosts.map(toOllamaId);
}

/** The name of a server as its owner gave it; one that was given by its address alone says what it is. */
export function toServerId(name: string, address: string): string {
  return name === new URL(address).host ? `openai@${name}` : name;
}

type NamedEngines = Pick<Settings, 'ollamaHosts' | 'servers' | 'engineMemory' | 'engineOrder' | 'origins'>;

/** Whole sentences: settings that name an engine which is not there, and would do nothing. */
export function unknownEngines(settings: NamedEngines): readonly string[] {
  const { servers, engineMemory, engineOrder, origins } = settings;
  const known = [BUILT_IN, ...ollamaNames(settings), ...Object.entries(servers).map(([name, address]) => toServerId(name, address))];
  const missing = (variable: string, from: keyof typeof origins, names: readonly string[]): readonly string[] =>
    names
      .filter((name) => !known.includes(name))
      .map((name) => `${variable} (${originInWords(origins[from])}): no engine is called "${name}"; there are ${known.join(', ')}.`);
  return [
    ...missing('PILOTLIGHT_ENGINE_MEMORY', 'engineMemory', Object.keys(engineMemory)),
    ...missing('PILOTLIGHT_ENGINE_ORDER', 'engineOrder', engineOrder),
  ];
}
