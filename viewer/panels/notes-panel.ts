import type { Note } from '../../src/trace/notes.js';
import { formatNs } from '../../src/report/units.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { button, element, message } from './elements.js';
import { frame } from './frame.js';

/** Time shown around a flag, which has no length of its own. */
const AROUND_FLAG_NS = 1e6;

/** Notes and flags: written here, shown on the timeline, saved beside the trace. */
export const notesPanel: Panel = {
  id: 'notes',
  title: 'Notes',
  hint: 'Notes and flags on the timeline',
  mount(host, context) {
    const head = element(
      'div',
      'notes-head',
      button('Add a note', 'quiet', () => add(context)),
    );
    const place = element('p', 'muted small');
    const list = element('ul', 'notes');
    host.append(head, list, place);
    let drawn = '';
    const draw = (): void => {
      place.textContent = placeText(context);
      // A note that is being written keeps its text field, and the field the cursor.
      const open = document.activeElement?.closest<HTMLElement>('[data-note]')?.dataset['note'];
      const ids = context.notes.all.map(({ id }) => id).join();
      if (open !== undefined && ids === drawn) return;
      drawn = ids;
      const kept = open === undefined ? null : list.querySelector(`[data-note="${CSS.escape(open)}"]`);
      const items = context.notes.all.map((note) =>
        note.id === open && kept !== null ? kept : itemOf(note, context),
      );
      if (items.length === 0) {
        list.replaceChildren(message('No notes yet.', 'Select an event or some time and press N.'));
      } else {
        list.replaceChildren(...items);
        kept?.querySelector('textarea')?.focus();
      }
    };
    draw();
    let known = new Set(context.notes.all.map(({ id }) => id));
    return context.notes.listen(() => {
      draw();
      // A note that was just made wants to be written.
      const made = context.notes.all.find(({ id, text }) => text === '' && !known.has(id));
      known = new Set(context.notes.all.map(({ id }) => id));
      if (made !== undefined) list.querySelector<HTMLElement>(`[data-note="${made.id}"] textarea`)?.focus();
    });
  },
};

function itemOf(note: Note, context: PanelContext): HTMLElement {
  const isFlag = note.endNs === note.startNs;
  const when = isFlag
    ? `at ${formatNs(note.startNs)}`
    : `${formatNs(note.endNs - note.startNs)} at ${formatNs(note.startNs)}`;
  const go = button(when, 'go tabular', () => {
    const around = isFlag ? AROUND_FLAG_NS : 0;
    frame(context, note.startNs - around, note.endNs + around, 'The note');
  });
  const text = element('textarea', 'note-text');
  text.value = note.text;
  text.rows = 2;
  text.maxLength = 4000;
  text.setAttribute('aria-label', `Note ${when}`);
  text.addEventListener('change', () => context.notes.change(note.id, { text: text.value }));
  const remove = button('×', 'quiet remove', () => context.notes.remove(note.id));
  remove.setAttribute('aria-label', `Remove the note ${when}`);
  const item = element('li', 'note', element('div', 'note-head', go, remove), text);
  item.dataset['note'] = note.id;
  return item;
}

/** On what is selected, or on all that is in view. */
function add(context: PanelContext): void {
  context.run('notes.note');
}

function placeText({ notes }: PanelContext): string {
  const { kind, reason } = notes.place;
  const because = reason === undefined ? '' : ` (${reason})`;
  switch (kind) {
    case 'trace':
      return 'Saved beside the trace, in notes.json.';
    case 'browser':
      return `Kept in this browser only${because}.`;
    case 'page':
      return `Kept until this page is closed${because}.`;
  }
}
