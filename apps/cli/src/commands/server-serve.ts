import type { Command } from '../command.ts';

export const serverServe: Command = {
  name: 'serve',
  summary: 'Start the server and the page, and stay until Ctrl-C',
  arguments: [],
  options: [
    { name: 'host', value: 'ADDRESS', description: 'the address to listen at (PILOTLIGHT_HOST)' },
    { name: 'port', value: 'NUMBER', description: 'the port to listen at (PILOTLIGHT_PORT)' },
    { name: 'data', value: 'FOLDER', description: 'the folder for conversations and models (PILOTLIGHT_DATA)' },
    { name: 'models', value: 'FOLDERS', description: 'further folders with .gguf files (PILOTLIGHT_MODELS)' },
  ],
  async run({ serve, option }) {
    const flags = {
      PILOTLIGHT_HOST: option('host'),
      PILOTLIGHT_PORT: option('port'),
      PILOTLIGHT_DATA: option('data'),
      PILOTLIGHT_MODELS: option('models'),
    };
    return serve(Object.fromEntries(Object.entries(flags).filter((entry): entry is [string, string] => entry[1] !== undefined)));
  },
};
