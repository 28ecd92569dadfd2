import './styles/main.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { browserClock } from './adapters/browser-clock.ts';
import { browserHttp } from './adapters/browser-http.ts';
import { createKeptTexts } from './adapters/browser-kept-texts.ts';
import { browserRandomness } from './adapters/browser-randomness.ts';
import { createBrowserShell } from './adapters/browser-shell.ts';
import { createBrowserTabs } from './adapters/browser-tabs.ts';
import { AppContext, createApp } from './app/create-app.ts';
import { ErrorBoundary } from './app/error-boundary.tsx';
import { Page } from './app/page.tsx';
import { PortsContext, type Ports } from './app/ports.ts';
import { createRouter } from './app/router.ts';
import { readTheme, showTheme } from './app/theme.ts';

// Not yet in every browser that is otherwise able.
if (Symbol.dispose === undefined) Object.defineProperty(Symbol, 'dispose', { value: Symbol('dispose') });

const ports: Ports = {
  clock: browserClock,
  randomness: browserRandomness,
  http: browserHttp,
  tabs: createBrowserTabs(),
  kept: createKeptTexts(() => localStorage),
  keptInTab: createKeptTexts(() => sessionStorage),
  shell: createBrowserShell(),
  page: {
    onLeave: (listener) =>
      window.addEventListener('pagehide', ({ persisted }) => {
        if (!persisted) listener();
      }),
  },
};
showTheme(ports.kept, readTheme(ports.kept));
const app = createApp(ports, createRouter(window));
const place = document.querySelector('#page');
if (place === null) throw new Error('index.html has no element for the page');
createRoot(place).render(
  <StrictMode>
    <PortsContext value={ports}>
      <ErrorBoundary>
        <AppContext value={app}>
          <Page />
        </AppContext>
      </ErrorBoundary>
    </PortsContext>
  </StrictMode>,
);
