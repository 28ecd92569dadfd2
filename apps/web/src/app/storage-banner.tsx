import { useEffect } from 'react';

import { announce } from './announcer.tsx';
import { useAppState } from './create-app.ts';
import { storageWords } from './storage-words.ts';

/** While nothing can be stored: why, what still goes, and what ends it. It goes by itself. */
export function StorageBanner() {
  const storage = useAppState((state) => state.storage);
  const isReadOnly = storage?.state === 'read_only';
  useEffect(() => {
    if (isReadOnly) announce('Nothing can be stored now');
  }, [isReadOnly]);
  if (storage === undefined || storage.state === 'writable') return null;
  return (
    <div className="banner">
      <div className="cols">
        <div className="m">Read only</div>
        <p>{storageWords(storage)}</p>
      </div>
    </div>
  );
}
