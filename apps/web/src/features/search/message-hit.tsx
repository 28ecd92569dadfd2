import type { SearchHit } from '@pilotlight/contract';

import { useApp } from '../../app/create-app.ts';
import { toPath } from '../../app/router.ts';
import { formatExact, formatTime } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { titleWords } from '../conversations/group-by-day.ts';
import { Marked } from './marked.tsx';
import { whereWords } from './search-words.ts';

interface MessageHitProps {
  readonly hit: SearchHit;
  readonly messageId: string;
  readonly now: number;
  readonly onLeave: () => void;
}

/** One message that was found, or a file that it has attached: of which chat, when, and the words around the place. Following it goes there. */
export function MessageHit({ hit, messageId, now, onLeave }: MessageHitProps) {
  const app = useApp();
  const { conversation, snippet, marks, created_at: at } = hit;
  function go(): void {
    app.jumpTo({ conversationId: conversation.id, messageId });
    onLeave();
  }
  return (
    <li>
      <Link to={toPath(conversation.id)} className="hit" onFollow={go}>
        <span className="ln">
          <span className="nm" dir="auto">
            {titleWords(conversation.title)}
          </span>
          <time dateTime={at} title={formatExact(at)}>
            {formatTime(at, now)}
          </time>
        </span>
        <span className="snip" dir="auto">
          {whereWords(hit)}
          <Marked text={snippet} marks={marks} />
        </span>
      </Link>
    </li>
  );
}
