import { createStore, useStore } from './store.ts';

const said = createStore('');

/** Has assistive technology say this, politely. */
export function announce(words: string): void {
  said.update(() => words);
}

/** The one live region of the page (`output` has the role status); the thread itself is none. */
export function Announcer() {
  const words = useStore(said, (state) => state);
  return <output className="vh">{words}</output>;
}
