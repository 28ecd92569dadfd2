import { spawn } from 'node:child_process';

/** A child for tests that does what its parent tells it, well or badly. */
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (order: unknown) => {
  switch (order) {
    case 'environment':
      process.send?.(Object.keys(process.env));
      break;
    case 'crash':
      for (let line = 1; line <= 30; line += 1) process.stderr.write(`line ${line}\n`);
      process.stderr.write('the last words', () => process.exit(3));
      break;
    case 'ignore SIGTERM':
      process.on('SIGTERM', () => {});
      process.send?.('ignoring');
      break;
    case 'start a helper': {
      const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      process.send?.(helper.pid);
      break;
    }
    default:
      process.send?.({ echo: order });
  }
});
