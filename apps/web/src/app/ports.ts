import type { Clock, Randomness } from '@pilotlight/contract';
import { createContext, use, useEffect, useState } from 'react';

import type { Http } from '../api/http.ts';
import type { Tabs } from '../api/tabs.ts';
import type { Shell } from '../offline/shell.ts';

/** A few small texts that outlive the page. Reading and writing never fail: a browser that refuses to store forgets. */
export interface KeptTexts {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** How the page reaches the world. */
export interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly http: Http;
  readonly tabs: Tabs;
  /** Shared by all tabs, and kept. */
  readonly kept: KeptTexts;
  /** Of this tab alone. */
  readonly keptInTab: KeptTexts;
  readonly shell: Shell;
  /** The tab itself. `onLeave`: it is closed or loaded anew, and does not come back as it is. */
  readonly page: { readonly onLeave: (listener: () => void) => void };
}

export const PortsContext = createContext<Ports | undefined>(undefined);

export function usePorts(): Ports {
  const ports = use(PortsContext);
  if (ports === undefined) throw new Error('the ports are provided by main.tsx');
  return ports;
}

export function useClock(): Clock {
  return usePorts().clock;
}

/** The time, read again every `everyMs` while `isActive`. */
export function useNow(everyMs: number, isActive = true): number {
  const clock = useClock();
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    if (!isActive) return undefined;
    let timer: Disposable | undefined;
    const tick = (): void => {
      setNow(clock.now());
      timer = clock.after(everyMs, tick);
    };
    tick();
    return () => timer?.[Symbol.dispose]();
  }, [clock, everyMs, isActive]);
  return now;
}
