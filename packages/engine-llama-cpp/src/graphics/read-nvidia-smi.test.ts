import { describe, expect, it } from 'vitest';

import { isUnknownField, toNvidiaReading } from './read-nvidia-smi.ts';
import type { ProgramEnd } from './read-nvidia-smi.ts';

const MEBIBYTE = 2 ** 20;
const HOST = { totalBytes: 128_000, freeBytes: 100_000 };

function ended(output: string, code = 0, errors = ''): ProgramEnd {
  return { type: 'ended', code, output, errors };
}

describe('what nvidia-smi says', () => {
  it('is the memory of each card', () => {
    const output = 'NVIDIA GeForce RTX 4090, 24564, 22510, [N/A]\nNVIDIA H100 80GB HBM3, 81559, 81000, Disabled\n';
    expect(toNvidiaReading(ended(output), HOST)).toEqual({
      gpus: [
        { name: 'NVIDIA GeForce RTX 4090', totalBytes: 24_564 * MEBIBYTE, freeBytes: 22_510 * MEBIBYTE, isUnified: false },
        { name: 'NVIDIA H100 80GB HBM3', totalBytes: 81_559 * MEBIBYTE, freeBytes: 81_000 * MEBIBYTE, isUnified: false },
      ],
    });
  });

  it('is read with the line ends of Windows, and without the column that old drivers do not know', () => {
    expect(toNvidiaReading(ended('Quadro K620, 2048, 1900\r\n'), HOST).gpus).toEqual([
      { name: 'Quadro K620', totalBytes: 2048 * MEBIBYTE, freeBytes: 1900 * MEBIBYTE, isUnified: false },
    ]);
  });

  it.each(['NVIDIA GB10, [N/A], [N/A], [N/A]', 'NVIDIA N1X, 8128, 7929, [N/A]', 'NVIDIA Thor, [Not Supported], [Not Supported], [N/A]'])(
    'names the memory of the machine for a system that shares it: %s',
    (line) => {
      expect(toNvidiaReading(ended(line), HOST)).toEqual({ gpus: [{ name: line.split(',')[0], ...HOST, isUnified: true }] });
    },
  );

  it.each([
    [
      'NVIDIA A100-SXM4-80GB, 81920, 81000, Enabled',
      'NVIDIA A100-SXM4-80GB is divided into parts (MIG), and which of them an engine may use cannot be told',
    ],
    [
      'NVIDIA A100-SXM4-80GB, [Insufficient Permissions], [Insufficient Permissions], Disabled',
      'the memory of NVIDIA A100-SXM4-80GB may not be read from here',
    ],
    ['NVIDIA GeForce RTX 3060, [N/A], [N/A], [N/A]', 'NVIDIA GeForce RTX 3060 does not tell its memory ([N/A])'],
    ['NVIDIA GeForce RTX 3060, 12288, [Unknown Error], [N/A]', 'NVIDIA GeForce RTX 3060 does not tell its memory ([Unknown Error])'],
  ])('says why it cannot be counted: %s', (line, reason) => {
    expect(toNvidiaReading(ended(line), HOST)).toEqual({ gpus: [], unknown: reason });
  });

  it('counts the cards that answer beside one that is lost', () => {
    const output =
      'NVIDIA GeForce RTX 4090, 24564, 22510, [N/A]\nUnable to determine the device handle for GPU0000:02:00.0: Unknown Error\n';
    const reading = toNvidiaReading(ended(output, 255), HOST);
    expect(reading.gpus).toHaveLength(1);
    expect(reading.unknown).toBe('nvidia-smi said: Unable to determine the device handle for GPU0000:02:00.0: Unknown Error');
  });

  it('is nothing where there is a driver and no card', () => {
    expect(toNvidiaReading(ended('No devices were found\n', 6), HOST)).toEqual({ gpus: [] });
  });

  it.each<readonly [ProgramEnd, string]>([
    [
      ended("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it runs.\n\n", 9),
      "nvidia-smi said: NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it runs",
    ],
    [
      ended('Failed to initialize NVML: Driver/library version mismatch\n', 18),
      'nvidia-smi said: Failed to initialize NVML: Driver/library version mismatch',
    ],
    [
      ended('', 127, 'error while loading shared libraries: libnvidia-ml.so.1\n'),
      'nvidia-smi failed: error while loading shared libraries: libnvidia-ml.so.1',
    ],
    [ended('', 3), 'nvidia-smi failed: it ended with 3'],
    [{ type: 'silent', limitMs: 10_000 }, 'nvidia-smi gave no answer within 10 s'],
    [{ type: 'failed', reason: 'EACCES' }, 'nvidia-smi could not be asked: EACCES'],
  ])('says why there is no answer', (end, reason) => {
    expect(toNvidiaReading(end, HOST)).toEqual({ gpus: [], unknown: reason });
  });

  it('passes no control character on', () => {
    expect(toNvidiaReading(ended('\u001B[31mwrong\u0007\n', 1), HOST).unknown).toBe('nvidia-smi said: [31mwrong');
  });

  it('asks an old driver again only where a field is what it does not know', () => {
    expect(isUnknownField(ended('Field "mig.mode.current" is not a valid field to query.\n\n', 2))).toBe(true);
    expect(isUnknownField(ended('Failed to initialize NVML: Unknown Error\n', 255))).toBe(false);
    expect(isUnknownField({ type: 'silent', limitMs: 1 })).toBe(false);
  });
});
