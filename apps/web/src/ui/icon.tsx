import type { ReactNode } from 'react';

const DRAWINGS = {
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  'new-chat': (
    <>
      <path d="M13.5 8.5v4a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1h4" />
      <path d="m7 9 .4-2L12.3 2.1l1.6 1.6L9 8.6 7 9Z" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.2 10.2 3.3 3.3" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.2" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  regenerate: (
    <>
      <path d="M13 8a5 5 0 1 1-1.6-3.7" />
      <path d="M13 2.5v2.6h-2.6" />
    </>
  ),
  more: (
    <>
      <circle cx="3.5" cy="8" r=".9" fill="currentColor" />
      <circle cx="8" cy="8" r=".9" fill="currentColor" />
      <circle cx="12.5" cy="8" r=".9" fill="currentColor" />
    </>
  ),
  edit: <path d="m3 13 .7-3L10.9 2.8l2.3 2.3L6 12.3 3 13ZM9.4 4.3l2.3 2.3" />,
  save: <path d="M8 2.5v7.4M4.8 6.8 8 10l3.2-3.2M2.8 10.5v2a1 1 0 0 0 1 1h8.4a1 1 0 0 0 1-1v-2" />,
  'take-in': <path d="M8 10V2.6M4.8 5.7 8 2.5l3.2 3.2M2.8 10.5v2a1 1 0 0 0 1 1h8.4a1 1 0 0 0 1-1v-2" />,
  trash: <path d="M2.8 4.5h10.4M6.3 4.3V2.6h3.4v1.7M4.2 4.7l.6 8.7h6.4l.6-8.7M6.8 7v4M9.2 7v4" />,
  pin: <path d="M8 10v4M5.2 2.5h5.6M6 2.7l-.3 3.6L4 8.2V10h8V8.2l-1.7-1.9L10 2.7" />,
  folder: <path d="M2 4.2a1 1 0 0 1 1-1h3.2l1.4 1.7H13a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1Z" />,
  archive: <path d="M2.3 3h11.4v3H2.3ZM3.3 6.2v6.3a.8.8 0 0 0 .8.8h7.8a.8.8 0 0 0 .8-.8V6.2M6.4 8.7h3.2" />,
  clip: <path d="m12.9 7.2-5 5a3 3 0 0 1-4.3-4.2l5.3-5.4a2 2 0 0 1 2.9 2.9L6.6 10.7a1 1 0 0 1-1.4-1.4l4.6-4.7" />,
  panel: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.2" />
      <path d="M9.8 3.2v9.6" />
    </>
  ),
  temporary: (
    <>
      <path d="M8 2.2a5.8 5.8 0 1 1-5.8 5.8" />
      <path d="M2.6 5.6a5.8 5.8 0 0 1 1-1.6M5 2.9a5.8 5.8 0 0 1 1.2-.5" />
      <path d="M8 4.9V8l2.1 1.3" />
    </>
  ),
  sliders: <path d="M4.5 2.5v4M4.5 9.5v4M11.5 2.5v7M11.5 12.5v1M2.7 8h3.6M9.7 11h3.6" />,
  send: <path d="M8 13V3.5M4 7.3 8 3.3l4 4" />,
  stop: <rect x="4" y="4" width="8" height="8" rx="1.2" fill="currentColor" stroke="none" />,
  down: <path d="m4 6.3 4 4 4-4" />,
  forward: <path d="m6.3 4 4 4-4 4" />,
  back: <path d="m9.7 4-4 4 4 4" />,
  check: <path d="m3.3 8.6 3.1 3.1 6.3-7" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  light: (
    <>
      <circle cx="8" cy="8" r="2.6" />
      <path d="M8 1.8v1.6M8 12.6v1.6M1.8 8h1.6M12.6 8h1.6M3.6 3.6l1.1 1.1M11.3 11.3l1.1 1.1M12.4 3.6l-1.1 1.1M4.7 11.3l-1.1 1.1" />
    </>
  ),
  dark: <path d="M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6Z" />,
  system: (
    <>
      <rect x="2.2" y="3" width="11.6" height="8" rx="1.2" />
      <path d="M6 13.4h4" />
    </>
  ),
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** A line drawing; the words are on the button that holds it. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="ic" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  );
}
