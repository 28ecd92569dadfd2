import { describe, expect, test } from 'vitest';
import { countsOf } from './stages.mjs';

const report = (passed: number, failed: number, skipped = 0, testResults: readonly object[] = []) =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped, numTodoTests: 0, testResults });

describe('a stage', () => {
  test('without counts of its own is one', () => {
    expect(countsOf({ ok: true, output: '' })).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(countsOf({ ok: false, output: '' })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
  test('with a report counts its tests', () => {
    expect(countsOf({ ok: true, output: '', report: report(7, 0, 2), countsFrom: 'report' })).toEqual({ passed: 7, failed: 0, skipped: 2 });
    expect(countsOf({ ok: false, output: '', report: report(7, 3), countsFrom: 'report' })).toEqual({ passed: 7, failed: 3, skipped: 0 });
  });
  test('with a last line counts what it says', () => {
    const output = 'ok layers\n12 passed, 0 failed\n';
    expect(countsOf({ ok: true, output, countsFrom: 'last line' })).toEqual({ passed: 12, failed: 0, skipped: 0 });
  });
});

describe('a stage fails', () => {
  test('if it ended with an error, even if every test passed', () => {
    expect(countsOf({ ok: false, output: '', report: report(7, 0), countsFrom: 'report' }).failed).toBe(1);
  });
  test('for every file that could not be read', () => {
    const files = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
    ];
    expect(countsOf({ ok: false, output: '', report: report(7, 1, 0, files), countsFrom: 'report' }).failed).toBe(2);
  });
  test('if it ran no test, or left no counts', () => {
    expect(countsOf({ ok: true, output: '', report: report(0, 0, 5), countsFrom: 'report' }).failed).toBe(1);
    expect(countsOf({ ok: true, output: '', countsFrom: 'report' }).failed).toBe(1);
    expect(countsOf({ ok: true, output: 'all well\n', countsFrom: 'last line' }).failed).toBe(1);
    expect(countsOf({ ok: true, output: '3 passed, 0 failed\nand then it crashed', countsFrom: 'last line' }).failed).toBe(1);
  });
});
