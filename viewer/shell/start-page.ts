import { codeParts } from './dialog.js';
import { element } from './element.js';

/** What is shown while no trace is open. */
export function startPage(choose: () => void): HTMLElement {
  const button = element('button', { type: 'button', class: 'primary' }, 'Choose a file …');
  button.addEventListener('click', choose);
  const kinds: readonly (readonly [string, string])[] = [
    ['A gapscope trace', 'its folder, its `.arrows` files, or the folder packed as `.tar`, `.tgz`'],
    ['A PyTorch profiler trace', '`.json` or `.json.gz`, as Kineto and Chrome write them'],
  ];
  return element(
    'div',
    { class: 'start', hidden: true },
    element('h2', {}, 'Drop a trace here'),
    element('p', {}, button),
    element(
      'dl',
      {},
      ...kinds.map(([name, what]) =>
        element('div', {}, element('dt', {}, name), element('dd', {}, ...codeParts(what))),
      ),
    ),
    element(
      'p',
      { class: 'hint' },
      ...codeParts(
        'It is read in this page and goes nowhere else. From a terminal: `gapscope view TRACE`, which reads Nsight Systems files too.',
      ),
    ),
  );
}
