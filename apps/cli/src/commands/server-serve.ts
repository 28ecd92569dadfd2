import type { Command } from '../command.ts';

export const serverServe: Command = {
  name: 'serve',
  summary: 'Start the server and the page, and stay until Ctrl-C',
  arguments: [],
  options: [],
  takesSettings: true,
  run: ({ serve, values }) => serve(values),
};
