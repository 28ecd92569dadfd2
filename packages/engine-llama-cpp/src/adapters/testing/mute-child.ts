import { createChildHost } from '../child-host.ts';

/** Says that its model is open, and then answers nothing, and will not be asked to end: what a template without an end looks like from outside. */
const host = createChildHost();
process.on('SIGTERM', () => {});
host.onMessage((message) => {
  if (typeof message !== 'object' || message === null || !('type' in message) || message.type !== 'open') return;
  host.send([{ type: 'progress' }, { type: 'opened', contextLength: 512, memoryBytes: host.memoryBytes(), slots: 1 }]);
});
