import { toPrintable } from './create-log.ts';

/** Facts that stand in the words already, or are of use only to programs. */
const UNSHOWN: ReadonlySet<string> = new Set([
  'level',
  'time',
  'event',
  'msg',
  'err',
  'reason',
  'from',
  'phase',
  'detail',
  'method',
  'path',
  'status',
  'code',
  'source',
  'text',
  'words',
  'role',
]);

const STYLES: Readonly<Record<string, string>> = { trace: '2', debug: '2', info: '36', warn: '33', error: '31', fatal: '31;1' };

/** A line of the log, as JSON, in the form for people: time, level, what happened, then the figures. */
export function toTerminalLine(json: string, { color }: { color: boolean }): string {
  const line = JSON.parse(json) as Record<string, unknown>;
  const level = String(line['level']);
  const paint = (style: string, text: string): string => (color ? `\u001B[${style}m${text}\u001B[0m` : text);
  const facts = Object.entries(line)
    .filter(([name, value]) => !UNSHOWN.has(name) && value !== '')
    .map(([name, value]) => `${name} ${toPrintable(typeof value === 'string' ? value : JSON.stringify(value))}`);
  const time = String(line['time']).slice(11, 19);
  const words = [paint('2', time), paint(STYLES[level] ?? '0', level.padEnd(5)), toPrintable(String(line['msg']))];
  if (facts.length > 0) words.push(paint('2', facts.join('  ')));
  return `${words.join('  ')}\n${toStack(line['err'])}`;
}

function toStack(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  const text = typeof stack === 'string' ? stack : String(message);
  return text
    .split('\n')
    .map((line) => `          ${toPrintable(line)}\n`)
    .join('');
}
