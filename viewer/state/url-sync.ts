import { INITIAL_STATE, type ViewStore } from './view-state.js';
import { readUrl, writeUrl } from './url.js';

/** Browsers refuse more than some hundred writes in half a minute; a pan makes sixty a second. */
const THROTTLE_MS = 300;

/**
 * Keeps address and store the same. Small steps rewrite the current entry of the history, jumps make a new one, so that
 * "back" returns to where the jump began. Returns the function that stops it.
 */
export function connectUrl(
  store: ViewStore,
  options: { readonly onProblem: (text: string) => void },
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const write = (how: 'replace' | 'push'): void => {
    clearTimeout(timer);
    timer = undefined;
    const hash = `#${writeUrl(store.state)}`;
    if (hash === location.hash) return;
    if (how === 'push') history.pushState(undefined, '', hash);
    else history.replaceState(undefined, '', hash);
  };

  const stop = store.listen((_state, before, { jump, fromUrl }) => {
    if (fromUrl === true) return;
    if (jump === true) {
      // The entry that "back" returns to must show where the jump began, not where the last write was.
      if (timer !== undefined) history.replaceState(undefined, '', `#${writeUrl(before)}`);
      write('push');
      return;
    }
    timer ??= setTimeout(() => write('replace'), THROTTLE_MS);
  });

  const follow = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const { state, problem } = readUrl(location.hash);
    // Going back must not change what the eye adapted to.
    store.update({ ...INITIAL_STATE, ...state, theme: store.state.theme }, { fromUrl: true });
    if (problem !== undefined) options.onProblem(problem);
  };
  addEventListener('popstate', follow);

  return () => {
    stop();
    clearTimeout(timer);
    removeEventListener('popstate', follow);
  };
}
