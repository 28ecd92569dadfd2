import { useEffect, useId, useRef, useState, type SyntheticEvent } from 'react';

import { Flame } from '../ui/flame.tsx';
import { useApp } from './create-app.ts';

/** Where a server asks for its access token. */
export function TokenPage() {
  const app = useApp();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<string>();
  useEffect(() => field.current?.focus(), []);

  async function signIn(event: SyntheticEvent): Promise<void> {
    event.preventDefault();
    const failed = token.trim() === '' ? 'The field is empty.' : await app.signIn(token.trim());
    // An address of another page that asks for the token, such as the documentation.
    if (failed === undefined && app.router.route.get().page === 'unknown') window.location.reload();
    setFailure(failed);
    field.current?.focus();
  }

  return (
    <main className="page">
      <div className="cols">
        <div className="m">
          <Flame phase="cold" size={28} />
        </div>
        <form onSubmit={(event) => void signIn(event)}>
          <h1>This server asks for its access token</h1>
          <p className="prose mt-2">
            It is the value of PILOTLIGHT_TOKEN on the machine that runs Pilotlight. What you have typed in this browser is kept.
          </p>
          <label className="lab mt-6" htmlFor={id}>
            Access token
          </label>
          <input
            ref={field}
            id={id}
            className="field"
            type="password"
            autoComplete="current-password"
            value={token}
            aria-invalid={failure !== undefined}
            aria-describedby={`${id}-failure`}
            onChange={(event) => setToken(event.target.value)}
          />
          <p className="err" id={`${id}-failure`} role="alert">
            {failure}
          </p>
          <div className="btns mt-4">
            <button type="submit" className="btn primary">
              Sign in
            </button>
          </div>
        </form>
      </div>
    </main>
  );
}
