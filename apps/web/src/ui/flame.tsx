import type { Phase } from '@pilotlight/contract';
import { useId, type CSSProperties, type ReactNode } from 'react';

const DROP =
  'M9.6.6c.05 3.2 3.7 5.2 3.7 9.4 0 3.1-2.3 5.3-5.3 5.3s-5.3-2.2-5.3-5.2c0-2.1.9-3.7 1.5-5.7.7 1.5 1.2 2.7 2.3 3.5-.2-2.9.9-5.5 3.1-7.3Z';
const SLIM =
  'M9.2.9c.05 2.9 2.9 4.9 2.9 8.9 0 3.1-1.7 5.5-4.1 5.5s-4.1-2.3-4.1-5.3c0-2 .65-3.5 1.2-5.3.5 1.3.95 2.3 1.8 3-.15-2.6.6-5.1 2.3-6.8Z';
const SMALL =
  'M8.8 3.6c.05 1.7 2.1 2.8 2.1 5 0 1.8-1.3 3-2.9 3s-2.9-1.2-2.9-2.9c0-1.1.45-1.9.95-2.9.27.7.55 1.2 1.05 1.5-.1-1.4.6-2.8 1.7-3.7Z';
const DASHED = 'M9.2 1c.2 3 3.9 4.8 3.9 9 0 3-2.2 5.2-5.1 5.2S2.9 13 2.9 10c0-4 5-4.6 6.3-9Z';
const RING = 'M8 1.3a6.7 6.7 0 1 1-.001 0';

export interface FlameProps {
  readonly phase: Phase;
  /** Measured, 0 to 1; absent while it is not known. */
  readonly progress?: number | undefined;
  /** Place in the queue. */
  readonly position?: number | undefined;
  readonly size?: number;
}

/** The mark beside every model's name. It only helps to find again what the words beside it say, so it is hidden from assistive technology. */
export function Flame({ phase, progress, position, size = 14 }: FlameProps) {
  const clip = useId();
  const style = progress === undefined ? undefined : ({ '--p': Math.round(progress * 100) } as CSSProperties);
  return (
    <svg className="flame" data-phase={phase} width={size} height={size} viewBox="0 0 16 16" style={style} aria-hidden="true">
      {drawing(phase, { measured: progress !== undefined, position, clip })}
    </svg>
  );
}

interface Detail {
  readonly measured: boolean;
  readonly position: number | undefined;
  readonly clip: string;
}

function drawing(phase: Phase, detail: Detail): ReactNode {
  switch (phase) {
    case 'unknown':
      return <path className="ol dash" d={DASHED} />;
    case 'absent':
      return <circle className="trk dots" cx="8" cy="8" r="6.5" />;
    case 'downloading':
      return (
        <>
          {ring(detail.measured)}
          <path className="gl" d="M8 4.7v5.9M5.6 8.4 8 10.8l2.4-2.4" />
        </>
      );
    case 'cold':
      return <path className="ol" d={DROP} />;
    case 'queued':
      return queueMark(detail.position);
    case 'loading':
      return ring(detail.measured);
    case 'warming':
      return (
        <>
          <circle className="full" cx="8" cy="8" r="6.7" />
          <path className="fill sm" d={SMALL} />
        </>
      );
    case 'ready':
      return <path className="fill" d={DROP} />;
    case 'busy':
      return (
        <>
          <path className="fill lick" d={SLIM} />
          <path className="ray l" d="M1.1 7.3v4.6" />
          <path className="ray r" d="M14.9 7.3v4.6" />
        </>
      );
    case 'draining':
      return partly(detail.clip, 'M0 9h16v7H0z');
    case 'unloading':
      return partly(detail.clip, 'M0 11.5h16V16H0z');
    case 'failed':
      return (
        <>
          <path className="ol" d={DROP} />
          <path className="gap" d="M2 13.8 14 3.4" />
          <path className="ol" d="M1.6 14.1 14.4 3.1" />
        </>
      );
    case 'wedged':
      return (
        <>
          <path className="fill" d={DROP} />
          <path className="knock" d="M8 7v3.2" />
          <circle className="knockd" cx="8" cy="13" r="1.2" />
        </>
      );
  }
}

function ring(measured: boolean): ReactNode {
  return (
    <>
      <circle className="trk" cx="8" cy="8" r="6.7" />
      <path className={measured ? 'arc' : 'arc turn'} pathLength="100" d={RING} />
    </>
  );
}

function queueMark(position: number | undefined): ReactNode {
  return (
    <>
      <circle className="trk" cx="8" cy="8" r="6.7" />
      {position === undefined ? null : (
        <text className="num" x="7.85" y="11.7" textAnchor="middle">
          {position > 9 ? '9+' : position}
        </text>
      )}
    </>
  );
}

function partly(clip: string, area: string): ReactNode {
  return (
    <>
      <clipPath id={clip}>
        <path d={area} />
      </clipPath>
      <path className="ol" d={DROP} />
      <path className="fill" d={DROP} clipPath={`url(#${clip})`} />
    </>
  );
}
