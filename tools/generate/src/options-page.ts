import { OPTION_NAMES, OPTIONS } from '@pilotlight/contract';
import type { EngineKind, OptionFacts, OptionName } from '@pilotlight/contract';

const HEAD = `# Options of answers

How an answer is made can be said in four places. The first that says something wins:

1. the request: \`options\` of the API, \`pilotlight chat --set\`, the panel of the page
2. the conversation
3. the defaults of the model: \`model_defaults\` of [pilotlight.yaml](settings.md#defaults-of-models), or \`pilotlight defaults MODEL\` while the server runs
4. the engine

The receipt of every answer has each option that applied under \`applied.options\`, with whose word it was, and under \`options_not_applied\` what was asked
for and did not apply, with the reason. Nothing is dropped without a word; a \`format\` that an engine cannot hold is refused.

No option makes an engine load a model again: what a load depends on belongs to the profile of the model (below).
`;

const PROFILES = `## Profiles

A profile is what a model is loaded with. It belongs to the deployment, and everybody who asks gets the same: a request with another wish is answered with what
there is. A profile that changes holds from the next load on; \`pilotlight unload MODEL\` brings that about.

| Field | What it is | Built in | Ollama | Servers of the API of OpenAI |
|---|---|---|---|---|
| \`context_length\` | how many tokens it sees at once | yes | yes | LM Studio from 0.4 on; the others were started with their own |
| \`slots\` | how many answers it writes at once | yes | no, \`OLLAMA_NUM_PARALLEL\` of the server | no |
| \`cache_type\` | how the numbers of its memory of the conversation are kept: \`f16\`, \`q8_0\` (half the memory), \`q4_0\` (a quarter) | yes | no, \`OLLAMA_KV_CACHE_TYPE\` of the server | no |
`;

const ENGINES: readonly (readonly [EngineKind, string])[] = [
  ['llama.cpp', 'Built in'],
  ['ollama', 'Ollama'],
  ['openai', 'Servers of the API of OpenAI'],
];

/** docs/options.md. */
export function toOptionsPage(): string {
  const rows = OPTION_NAMES.map((name) => `| [\`${name}\`](#${name}) | ${OPTIONS[name].title} | ${OPTIONS[name].takes} |`);
  const table = ['| Option | What it is | Takes |', '|---|---|---|', ...rows].join('\n');
  return [HEAD, `${table}\n`, ...OPTION_NAMES.map(toSection), PROFILES].join('\n');
}

function toSection(name: OptionName): string {
  const { meaning, takes, otherwise, honoured }: OptionFacts = OPTIONS[name];
  const engines = ENGINES.map(([kind, words]) => `- ${words}: ${honoured[kind] === true ? 'honoured' : honoured[kind]}`);
  return `## ${name}

${meaning}

Takes ${takes}. Where nobody says anything: ${otherwise}.

${engines.join('\n')}
`;
}
