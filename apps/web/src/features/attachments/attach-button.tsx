import { useRef } from 'react';

import { Icon } from '../../ui/icon.tsx';
import type { ChosenAttachment } from './attachments.ts';

/** The paper clip. Files can be dropped on the page and pasted as well. */
export function AttachButton({ onFiles }: { readonly onFiles: (files: readonly ChosenAttachment[]) => void }) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Attach files"
        title="Attach files: text, code, PDF, images"
        onClick={() => chooser.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file can be chosen again.
          event.target.value = '';
        }}
      />
    </>
  );
}
