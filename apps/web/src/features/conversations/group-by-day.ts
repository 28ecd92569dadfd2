import type { ConversationSummary } from '@pilotlight/contract';

export interface DayGroup {
  readonly title: string;
  readonly conversations: readonly ConversationSummary[];
}

const DAY_MS = 86_400_000;
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });

/** Conversations under the day of their last change: today, yesterday, last week, last month, then by month. Their order is kept. */
export function groupByDay(conversations: readonly ConversationSummary[], now: number): DayGroup[] {
  const groups = Map.groupBy(conversations, (conversation) => titleOf(Date.parse(conversation.updated_at), now));
  return [...groups].map(([title, members]) => ({ title, conversations: members }));
}

function titleOf(time: number, now: number): string {
  const today = new Date(now).setHours(0, 0, 0, 0);
  if (time >= today) return 'Today';
  const days = Math.ceil((today - time) / DAY_MS);
  if (days <= 1) return 'Yesterday';
  if (days <= 7) return 'Last 7 days';
  if (days <= 30) return 'Last 30 days';
  return MONTH.format(new Date(time));
}

/** A conversation whose title is not made yet has one all the same. */
export function titleWords(title: string | undefined): string {
  return title === undefined || title.trim() === '' ? 'New chat' : title;
}
