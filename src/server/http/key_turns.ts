/** Lets one call of this process at a time work on an idempotency key. */
export class KeyTurns {
  readonly #held = new Map<string, Promise<void>>();

  /** Resolves when the key is free; `null` when it is free now. */
  freed(key: string): Promise<void> | null {
    return this.#held.get(key) ?? null;
  }

  /** Holds a key that is free until the returned function is called. */
  hold(key: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.set(key, promise);
    return () => {
      this.#held.delete(key);
      resolve();
    };
  }
}
