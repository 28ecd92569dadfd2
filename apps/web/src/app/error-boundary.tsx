import { Component, type ErrorInfo, type ReactNode } from 'react';

import { CopyButton } from '../ui/copy-button.tsx';
import { Flame } from '../ui/flame.tsx';

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: Error | undefined;
  readonly where: string;
}

/** The last resort: a fault in the page itself. Chats and drafts are elsewhere and are not touched by it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: undefined, where: '' };

  static getDerivedStateFromError(error: unknown): Partial<ErrorBoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ where: info.componentStack?.trim().split('\n').slice(0, 6).join('\n') ?? '' });
  }

  override render(): ReactNode {
    const { error, where } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <main className="page">
        <div className="cols">
          <div className="m">
            <Flame phase="failed" size={28} />
          </div>
          <div>
            <h1>This page has a fault and cannot go on</h1>
            <p className="prose mt-2">{error.message}</p>
          </div>
        </div>
        <div className="cols far">
          <div className="m">kept</div>
          <p>All chats, on the server. Your drafts, in this browser. Answers that are being written go on.</p>
        </div>
        <div className="cols">
          <div className="m">what helps</div>
          <div>
            <p>Load the page again. If it happens again, copy the details into a report.</p>
            <div className="btns mt-5">
              <button type="button" className="btn primary" onClick={() => window.location.reload()}>
                Load again
              </button>
              <CopyButton text={() => `${error.name}: ${error.message}\n${where}`} label="Copy details" className="btn" hasWords />
            </div>
          </div>
        </div>
        <div className="cols end">
          <div className="m" />
          <p className="hint">
            Error <code>page_fault</code>, {error.name}
          </p>
        </div>
      </main>
    );
  }
}
