import type { Disk, FileFacts } from '@pilotlight/contract';

export interface MemoryDisk extends Disk {
  readonly files: Map<string, { readonly bytes: Uint8Array; readonly modifiedMs: number }>;
  /** Every read that was asked for, in order. */
  readonly reads: { readonly path: string; readonly offset: number; readonly length: number }[];
}

/** A disk in memory that remembers what was read of it. */
export function createMemoryDisk(contents: Readonly<Record<string, Uint8Array>> = {}): MemoryDisk {
  const files: MemoryDisk['files'] = new Map(Object.entries(contents).map(([path, bytes]) => [path, { bytes, modifiedMs: 1 }]));
  const reads: MemoryDisk['reads'] = [];
  const facts = (path: string): FileFacts | undefined => {
    const file = files.get(path);
    return file === undefined ? undefined : { path, sizeBytes: file.bytes.length, modifiedMs: file.modifiedMs };
  };
  return {
    files,
    reads,
    list: (folder) =>
      Promise.resolve(
        [...files.keys()].filter((path) => path.slice(0, path.lastIndexOf('/')) === folder).flatMap((path) => facts(path) ?? []),
      ),
    stat: (path) => Promise.resolve(facts(path)),
    read(path, offset, length) {
      reads.push({ path, offset, length });
      const file = files.get(path);
      return file === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(file.bytes.slice(offset, offset + length));
    },
  };
}
