import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ name: string, command: readonly [string, ...string[]], countsFrom?: 'report' | 'last line' }} Stage
 * A stage counts as one, unless it tells its own counts: by vitest's JSON report, or by a last line `N passed, N failed`.
 */

const LIMIT_MS = 10 * 60_000;

/**
 * The counts of a stage that has ended. One that failed counts at least one failure, whatever it said.
 * @param {{ ok: boolean, output: string, report?: string | undefined, countsFrom?: Stage['countsFrom'] }} ended
 * @returns {Counts}
 */
export function countsOf({ ok, output, report, countsFrom }) {
  const told = countsFrom === 'report' ? countsOfReport(report) : countsFrom === 'last line' ? countsOfLastLine(output) : undefined;
  if (countsFrom === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  if (told === undefined || told.passed + told.failed === 0) return { passed: 0, failed: 1, skipped: 0 };
  return { ...told, failed: ok ? told.failed : Math.max(1, told.failed) };
}

/**
 * @param {string | undefined} report
 * @returns {Counts | undefined}
 */
function countsOfReport(report) {
  if (report === undefined) return undefined;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report);
  // A file that could not even be read has no tests to count.
  const unread = testResults.filter((/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return { passed: numPassedTests, failed: numFailedTests + unread, skipped: numPendingTests + numTodoTests };
}

/**
 * @param {string} output
 * @returns {Counts | undefined}
 */
function countsOfLastLine(output) {
  const match = /^(\d+) passed, (\d+) failed$/m.exec(output.trimEnd().split('\n').at(-1) ?? '');
  return match === null ? undefined : { passed: Number(match[1]), failed: Number(match[2]), skipped: 0 };
}

/**
 * Runs the stages one after the other, says how each went, and ends with the sum on a line of its own. Returns whether all passed.
 * @param {readonly Stage[]} stages
 * @param {string} root
 * @param {string} node
 */
export async function runStages(stages, root, node) {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-check-'));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [index, stage] of stages.entries()) {
      const start = Date.now();
      const reportFile = join(folder, `${index}.json`);
      const { ok, output } = await runStage(stage, { root, node, reportFile });
      const report = existsSync(reportFile) ? readFileSync(reportFile, 'utf8') : undefined;
      const counts = countsOf({ ok, output, report, countsFrom: stage.countsFrom });
      const seconds = ((Date.now() - start) / 1000).toFixed(1);
      if (counts.failed > 0) process.stdout.write(`\n${output.trimEnd()}\n\n`);
      process.stdout.write(
        `${counts.failed > 0 ? 'FAILED' : 'ok    '}  ${stage.name.padEnd(18)} ${seconds.padStart(6)} s   ${inWords(counts)}\n`,
      );
      for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) sum[key] += counts[key];
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${inWords(sum)}\n`);
  return sum.failed === 0;
}

/** @param {Counts} counts */
function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * @param {Stage} stage
 * @param {{ root: string, node: string, reportFile: string }} place
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function runStage({ command, countsFrom }, { root, node, reportFile }) {
  const [program, ...parameters] = command;
  const report = countsFrom === 'report' ? ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`] : [];
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program === 'node' ? node : program, [...parameters, ...report], {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules', '.bin')}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const limit = setTimeout(() => {
      output += `\nStopped: it ran longer than ${LIMIT_MS / 60_000} minutes.\n`;
      child.kill('SIGKILL');
    }, LIMIT_MS);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => {
      output += `${program}: ${error.message}\n`;
    });
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ ok: code === 0, output });
    });
  });
}
