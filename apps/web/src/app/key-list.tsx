import { useEffect, useRef } from 'react';

import { KEYS } from './keys.ts';

export function KeyList({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="keys-title" onClose={onClose}>
      <header>
        <h2 id="keys-title">Keys</h2>
      </header>
      <dl className="px-6 pt-3">
        {KEYS.map(({ keys, does }) => (
          <div key={keys} className="flex gap-4 py-1">
            <dt className="w-28 flex-none">
              <kbd>{keys}</kbd>
            </dt>
            <dd className="m-0">{does}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <button type="button" className="btn quiet" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </footer>
    </dialog>
  );
}
