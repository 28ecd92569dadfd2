/** What the inspector gives of a thread, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[] | undefined;
}

/** What a token costs on the main thread, by what is done for it. */
export type Share = 'engine' | 'append' | 'notify' | 'store' | 'other' | 'collector' | 'node' | 'idle';

/** The first file of ours that is found from the innermost call outwards says what a sample was for. */
const FILES: readonly (readonly [Share, RegExp])[] = [
  ['append', /packages\/chat\/src\/(log-writer|pack-parts|split-store)\.ts$/],
  ['store', /packages\/storage\/src\//],
  [
    'notify',
    /packages\/chat\/src\/(live-log|follow-log)\.ts$|routes\/chat\/log-events\.ts$|http\/(event-stream|register-route)\.ts$|response-sink\.ts$/,
  ],
  [
    'engine',
    /packages\/(engine-[a-z-]+|gateway)\/src\/|packages\/chat\/src\/(run-generation|open-answer|end-from-store|receipt-tally)\.ts$|node_modules\/undici\//,
  ],
  ['other', /(packages|apps|node_modules)\//],
];

/** Self time in milliseconds, by what it was for. */
export function splitProfile(profile: CpuProfile): Readonly<Record<Share, number>> {
  const times: Record<Share, number> = { engine: 0, append: 0, notify: 0, store: 0, other: 0, collector: 0, node: 0, idle: 0 };
  const shares = sharesOf(profile);
  for (const [index, id] of (profile.samples ?? []).entries()) {
    times[shares.get(id) ?? 'node'] += (profile.timeDeltas?.[index] ?? 0) / 1_000;
  }
  return times;
}

function sharesOf({ nodes }: CpuProfile): Map<number, Share> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const shares = new Map<number, Share>();
  const [root] = nodes;
  const stack: (readonly [ProfileNode, Share])[] = root === undefined ? [] : [[root, 'node']];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [node, outer] = next;
    const share = shareOf(node) ?? outer;
    shares.set(node.id, share);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) stack.push([child, share]);
    }
  }
  return shares;
}

function shareOf({ callFrame: { functionName, url } }: ProfileNode): Share | undefined {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'collector';
  return FILES.find(([, pattern]) => pattern.test(url))?.[0];
}
