/** Numbers as people read them: with a unit, no more digits than matter, a thin space that does not break. */

const WHOLE = new Intl.NumberFormat('en');

export function formatCount(value: number): string {
  return WHOLE.format(Math.round(value));
}

/** 0.8 s, 8 s, 2 min, 1 h 5 min; below a tenth of a second in milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 99.5) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${trimZero(seconds.toFixed(1))} s`;
  return formatSeconds(seconds);
}

/** Whole seconds, or minutes from two minutes on. For what is still running, where tenths would only flicker. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** Decimal units, as disks and downloads are sold: 12 MB, 4.4 GB, 16 GB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  if (bytes < 999.5e3) return `${Math.round(bytes / 1e3)} KB`;
  if (bytes < 999.5e6) return `${bytes < 9.95e6 ? trimZero((bytes / 1e6).toFixed(1)) : Math.round(bytes / 1e6)} MB`;
  return `${gigabytes(bytes)} GB`;
}

/** `3.8 of 16 GB`: one unit for both. */
export function formatShare(part: number, whole: number): string {
  return whole < 999.5e6 ? `${formatBytes(part)} of ${formatBytes(whole)}` : `${gigabytes(part)} of ${gigabytes(whole)} GB`;
}

function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return value < 9.95 ? trimZero(value.toFixed(1)) : String(Math.round(value));
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

/** 20 tokens/s, 4.2 tokens/s. */
export function formatRate(tokensPerSecond: number): string {
  return `${tokensPerSecond < 9.95 ? trimZero(tokensPerSecond.toFixed(1)) : formatCount(tokensPerSecond)} tokens/s`;
}

export function formatPercent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

const ORDINALS = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth', 'Ninth', 'Tenth'];

/** First, Second, … 11th: to begin a sentence. */
export function ordinalWord(position: number): string {
  return ORDINALS[position - 1] ?? shortOrdinal(position);
}

/** 1st, 2nd, 3rd, 4th, 11th, 22nd. */
export function shortOrdinal(position: number): string {
  const tens = position % 100;
  if (tens >= 11 && tens <= 13) return `${position}th`;
  return `${position}${['th', 'st', 'nd', 'rd'][position % 10] ?? 'th'}`;
}

export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium' });
const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

const DAY_AND_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** 09:12 today, else with the day; of another year the day alone. */
export function formatTime(timestamp: string, now: number): string {
  const date = new Date(timestamp);
  if (date.getFullYear() !== new Date(now).getFullYear()) return DAY_AND_YEAR.format(date);
  return date.toDateString() === new Date(now).toDateString() ? TIME.format(date) : DAY_AND_TIME.format(date);
}

export function formatExact(timestamp: string): string {
  return EXACT.format(new Date(timestamp));
}

/** Words that came as a part of a sentence, made into one: a capital where they begin with a plain word, and an end. Names keep their letters. */
export function toSentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const upper = /^[a-z]+(?:[ ,.]|$)/.test(trimmed) ? `${trimmed[0]?.toUpperCase() ?? ''}${trimmed.slice(1)}` : trimmed;
  return /[.!?…]$/.test(upper) ? upper : `${upper}.`;
}
