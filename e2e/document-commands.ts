/** The commands that a document shows, as its readers would type them. */
export interface DocumentCommand {
  /** `README.md:14`. */
  readonly place: string;
  readonly command: string;
  /** What the document shows as its output: lines, with `…` for what differs from time to time. */
  readonly expected?: string;
  /** Why it cannot be run by a test. */
  readonly notRun?: string;
}

export interface DocumentFindings {
  readonly commands: readonly DocumentCommand[];
  /** What is wrong with the document itself, in words with the place. */
  readonly faults: readonly string[];
}

interface Fence {
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
}

interface Mark {
  readonly line: number;
  readonly command: string;
  readonly reason: string;
}

/** How a line begins that a person can type. */
const TYPED = /^(\$ )?(npm|npx|node|curl|git|python3?|bash|docker|pilotlight|scripts\/|\.\/)\b/;
/** In running text these are whole commands; others there are mentioned, and often in part. */
const INLINE = /`((?:npx pilotlight|curl|scripts\/)[^`]*)`/g;
/** The one way to say that a command is not run: above its block, by the word `all` or by how the command begins, with the reason. */
const MARK = /^<!-- not run: (.+?): (.+) -->$/;

/**
 * All commands of blocks that are `sh` or `bash`, and, where `inline` says so, of running text. A `text` block that follows such a block is the output
 * of its last command.
 */
export function commandsOf(document: string, text: string, { inline = false } = {}): DocumentFindings {
  const commands: DocumentCommand[] = [];
  const faults: string[] = [];
  let marks: Mark[] = [];
  let isAfterCommands = false;
  for (const part of partsOf(text)) {
    if (typeof part !== 'string' && 'reason' in part) {
      marks.push(part);
      continue;
    }
    if (typeof part === 'string') {
      if (inline) for (const [, command = ''] of part.matchAll(INLINE)) commands.push({ place: document, command });
      if (part.trim() === '') continue;
      isAfterCommands = false;
    } else if (/^(sh|bash)$/.test(part.language)) {
      const found = commandsOfBlock(document, part, marks);
      commands.push(...found.commands);
      faults.push(...found.faults);
      marks = [];
      isAfterCommands = found.commands.length > 0;
      continue;
    } else if (part.language === 'text' && isAfterCommands) {
      const last = commands.pop();
      if (last !== undefined) commands.push({ ...last, expected: part.lines.join('\n') });
      isAfterCommands = false;
    } else if (part.language === '' && TYPED.test(part.lines[0] ?? '')) {
      faults.push(`${document}:${part.line}: these are commands: say "sh" behind the three marks, so that they are run.`);
    }
    for (const { line } of marks) faults.push(`${document}:${line}: no block of commands follows this mark.`);
    marks = [];
  }
  return { commands, faults };
}

function commandsOfBlock(document: string, { line: first, lines }: Fence, marks: readonly Mark[]): DocumentFindings {
  const commands: DocumentCommand[] = [];
  const used = new Set<Mark>();
  let begun = '';
  for (const [index, line] of lines.entries()) {
    // A comment stands behind at least one blank.
    const typed = `${begun}${line.replace(/(^|\s+)#(\s.*)?$/, '')}`.trim();
    begun = typed.endsWith('\\') ? typed.slice(0, -1) : '';
    if (typed === '' || begun !== '') continue;
    const mark = marks.find(({ command }) => command === 'all' || typed === command || typed.startsWith(`${command} `));
    if (mark !== undefined) used.add(mark);
    commands.push({ place: `${document}:${first + index + 1}`, command: typed, ...(mark && { notRun: mark.reason }) });
  }
  const faults = marks
    .filter((mark) => !used.has(mark))
    .map(({ line, command }) => `${document}:${line}: the block below has no command "${command}".`);
  return { commands, faults };
}

/** Lines of text, marks, and fenced blocks, in their order. */
function* partsOf(text: string): Generator<string | Mark | Fence> {
  let fence: { line: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const edge = /^```(\S*)/.exec(line);
    if (edge !== null) {
      if (fence !== undefined) yield fence;
      fence = fence === undefined ? { line: index + 1, language: edge[1] ?? '', lines: [] } : undefined;
      continue;
    }
    if (fence !== undefined) {
      fence.lines.push(line);
      continue;
    }
    const [, command, reason] = MARK.exec(line) ?? [];
    yield command !== undefined && reason !== undefined ? { line: index + 1, command, reason } : line;
  }
}

/** Whether the output is what the document shows; `…` stands for anything, also over several lines. */
export function isAsShown(expected: string, output: string): boolean {
  const pattern = expected
    .trim()
    .split('…')
    .map((piece) => RegExp.escape(piece))
    .join('[\\s\\S]*');
  return new RegExp(`^${pattern}$`).test(output.trim());
}
