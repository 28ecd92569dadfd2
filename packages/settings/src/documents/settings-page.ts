import type { Setting } from '../setting.ts';
import { SETTING_NAMES, SETTINGS, toFlag } from '../table.ts';

const HEAD = `# Settings

Pilotlight needs none of these. What is set in several places is taken from the first of them that has it:

1. the command line, such as \`--port 8080\`
2. the environment, such as \`PILOTLIGHT_PORT=8080\`
3. \`.env\` in the working folder (\`.env.example\` is a start)
4. \`pilotlight.yaml\` in the working folder
5. the default

An empty value counts as not set. A wrong value ends the start with the name of the setting, where the value came from and what would be right.
A key in \`pilotlight.yaml\` that nobody knows does the same. Editors check the file as you write it if its first line is
\`# yaml-language-server: $schema=./schema/pilotlight.schema.json\`.
`;

const TASKS = `## Tasks

Only in \`pilotlight.yaml\`: which models answer a task, in order, and which one if none of them can. Tasks without a route use the model of \`OLLAMA_MODEL\`.

\`\`\`yaml
tasks:
  code:
    models: [codellama:latest, mistral:latest]
    fallback: pilot:latest
\`\`\`

They can be changed while the server runs, with \`pilotlight tasks\` or \`PUT /api/tasks\`: what is set there is kept, and goes before the file.
`;

const MODEL_DEFAULTS = `## Defaults of models

Only in \`pilotlight.yaml\`: how a model answers unless a request or a conversation says otherwise, and the profile that it is loaded with. All options
are in [options.md](options.md).

\`\`\`yaml
model_defaults:
  mistral:latest:
    options: { temperature: 0.3, stop: ["END"] }
    profile: { context_length: 8192, slots: 2, cache_type: q8_0 }
\`\`\`

They can be changed while the server runs, with \`pilotlight defaults\` or \`PUT /api/models/{name}/defaults\`: what is set there is kept, and goes before
the file.
`;

/** docs/settings.md. */
export function toSettingsPage(): string {
  const table = ['| Variable | What it is | Default |', '|---|---|---|', ...SETTING_NAMES.map((name) => tableRow(SETTINGS[name]))].join(
    '\n',
  );
  const sections = SETTING_NAMES.map((name) => section(SETTINGS[name]));
  return [HEAD, `${table}\n`, ...sections, TASKS, MODEL_DEFAULTS].join('\n');
}

function tableRow(row: Setting<unknown>): string {
  return `| [\`${row.variable}\`](#${row.variable.toLowerCase()}) | ${row.title} | ${row.defaultText} |`;
}

function section(row: Setting<unknown>): string {
  const option = row.isSwitch === true ? `--${toFlag(row)}\`, \`--no-${toFlag(row)}` : `--${toFlag(row)} ${row.placeholder}`;
  const examples = row.examples.length > 0 ? `\nExamples: ${row.examples.map((example) => `\`${example}\``).join(', ')}\n` : '';
  return `## ${row.variable}

${row.title.charAt(0).toUpperCase()}${row.title.slice(1)}. ${row.details}

${row.isSecret === true ? 'Not on the command line, which every user of the machine can read' : `On the command line \`${option}\``}; in the file \`${row.key}\`. Default: ${row.defaultText}.
${examples}`;
}
