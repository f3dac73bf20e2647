/** What shows the session while it runs: the full-screen view or the progress line. */
export interface Display {
  /** Something has changed. */
  update(): void;
  /** Tells the user something that happened. */
  say(message: string): void;
  /** Gives the terminal back; may be called more than once, also from a crash. */
  close(): void;
  /** Resolves when the user asks to end. */
  readonly quit: Promise<void>;
}
