/** Answers of the engine that came too late, because something newer was asked meanwhile, are thrown away. */
export class Latest {
  #number = 0;

  /** Waits for an answer; calls `use` only if nothing newer was asked, and `failed` likewise. */
  ask<T>(answer: Promise<T>, use: (value: T) => void, failed: (error: unknown) => void): void {
    const number = ++this.#number;
    answer.then(
      (value) => {
        if (number === this.#number) use(value);
      },
      (error: unknown) => {
        if (number === this.#number) failed(error);
      },
    );
  }

  /** Forgets what is on its way. */
  stop(): void {
    this.#number++;
  }
}
