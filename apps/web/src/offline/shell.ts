/** The page as the browser keeps it for when the server is away. */
export interface Shell {
  /** Keeps it from now on. `onNewer` is called once a newer version than the one that is shown has been kept. */
  keep(onNewer: () => void): void;
  /** Asks whether the server has a newer version. */
  check(): void;
}
