/**
 * Long work that stops now and then, some milliseconds apart, so that whoever runs it can do something else in between:
 * a viewer answers what it is asked. A command runs it through.
 */
export type Sliced<T> = Generator<void, T>;

/** Runs it through, without a stop. */
export function runThrough<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
