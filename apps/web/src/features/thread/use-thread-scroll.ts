import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

import { usePorts } from '../../app/ports.ts';

export interface ThreadScroll {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Whether the end is in view and is followed. */
  readonly isAttached: boolean;
  /** Goes to the newest words and follows them again. */
  readonly attach: () => void;
  /** Brings a message into view and leaves the end; false if it is not in the page. */
  readonly show: (messageId: string) => boolean;
}

/** Where the place in a conversation is kept. */
export function placeKey(conversationId: string): string {
  return `pilotlight.place.${conversationId}`;
}

const AT_END_PX = 2;
/** What stands above a message that is brought into view. */
const ROOM_ABOVE_PX = 24;
const SAVE_AFTER_MS = 150;

/**
 * Follows the newest words until the reader scrolls up, by a pixel at least; then nothing moves what is read. A reload finds the place again, by the
 * message at the top of the window rather than by pixels, because heights are only estimated for what was never shown.
 */
export function useThreadScroll(conversationId: string, isLoaded: boolean): ThreadScroll {
  const { keptInTab } = usePorts();
  const scroller = useRef<HTMLDivElement>(null);
  const [isAttached, setAttached] = useState(true);
  const attached = useRef(true);
  const settling = useRef<() => void>(undefined);
  const key = placeKey(conversationId);

  const setBoth = useCallback((value: boolean): void => {
    attached.current = value;
    setAttached(value);
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || !isLoaded) return undefined;
    const place = keptInTab.get(key);
    const isFound = place !== undefined && goTo(element, place);
    if (!isFound) toEnd(element);
    setBoth(isAtEnd(element));
    if (isFound) settling.current = settle(element, place);
    return () => settling.current?.();
  }, [keptInTab, key, isLoaded, setBoth]);

  useFollowing(scroller, { key, isLoaded, attached, setBoth });

  const show = useCallback(
    (messageId: string): boolean => {
      const element = scroller.current;
      const place = toPlace(messageId, -ROOM_ABOVE_PX);
      if (element === null || !goTo(element, place)) return false;
      setBoth(isAtEnd(element));
      settling.current?.();
      settling.current = settle(element, place);
      return true;
    },
    [setBoth],
  );

  return {
    scroller,
    isAttached,
    show,
    attach() {
      if (scroller.current !== null) toEnd(scroller.current);
      setBoth(true);
    },
  };
}

interface Following {
  readonly key: string;
  readonly isLoaded: boolean;
  readonly attached: RefObject<boolean>;
  readonly setBoth: (isAttached: boolean) => void;
}

/** Stays at the end while attached, notices the reader leave it and come back, and keeps the place. */
function useFollowing(scroller: RefObject<HTMLDivElement | null>, { key, isLoaded, attached, setBoth }: Following): void {
  const { keptInTab, clock } = usePorts();
  useEffect(() => {
    const element = scroller.current;
    if (element === null || !isLoaded) return undefined;
    let lastTop = element.scrollTop;
    let saving: Disposable | undefined;
    const onScroll = (): void => {
      const { scrollTop } = element;
      if (isAtEnd(element)) setBoth(true);
      // What shrinks above or below leaves the end in view; so this is the reader.
      else if (scrollTop < lastTop) setBoth(false);
      lastTop = scrollTop;
      saving?.[Symbol.dispose]();
      saving = clock.after(SAVE_AFTER_MS, () => savePlace());
    };
    const savePlace = (): void => {
      if (attached.current) keptInTab.remove(key);
      else keptInTab.set(key, placeOf(element));
    };
    const growth = new ResizeObserver(() => {
      if (attached.current) toEnd(element);
      lastTop = element.scrollTop;
    });
    for (const child of element.children) growth.observe(child);
    growth.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      growth.disconnect();
      saving?.[Symbol.dispose]();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, keptInTab, clock, key, isLoaded, attached, setBoth]);
}

function toEnd(element: HTMLElement): void {
  element.scrollTop = element.scrollHeight;
}

function isAtEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.clientHeight - element.scrollTop <= AT_END_PX;
}

/** The first message in view, and how far its top is above the top of the window. */
function placeOf(element: HTMLElement): string {
  const top = element.getBoundingClientRect().top;
  for (const message of element.querySelectorAll<HTMLElement>('[data-message]')) {
    const box = message.getBoundingClientRect();
    if (box.bottom > top) return toPlace(message.dataset['message'] ?? '', Math.round(top - box.top));
  }
  return '';
}

function toPlace(id: string, above: number): string {
  return JSON.stringify({ id, above });
}

function goTo(element: HTMLElement, place: string): boolean {
  try {
    const { id, above } = JSON.parse(place) as { id: string; above: number };
    const message = element.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`);
    if (message === null) return false;
    message.scrollIntoView({ block: 'start' });
    element.scrollTop += message.getBoundingClientRect().top - element.getBoundingClientRect().top + above;
    return true;
  } catch {
    return false;
  }
}

const SETTLING_FRAMES = 8;

/** Heights around a place become known only when it is drawn, and move it: for a few frames it is gone to again, unless the reader moves. */
function settle(element: HTMLElement, place: string): () => void {
  let frames = 0;
  let frame = requestAnimationFrame(function again() {
    goTo(element, place);
    frames += 1;
    if (frames < SETTLING_FRAMES) frame = requestAnimationFrame(again);
  });
  const stop = (): void => cancelAnimationFrame(frame);
  for (const type of ['wheel', 'pointerdown', 'keydown', 'touchstart']) element.addEventListener(type, stop, { once: true, passive: true });
  return stop;
}
