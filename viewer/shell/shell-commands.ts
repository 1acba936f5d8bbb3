import type { Command } from '../interact/commands.js';
import type { BottomPanel, SidePanel, ViewStore } from '../state/view-state.js';
import type { Panel } from './panel-host.js';
import { nextTheme } from './theme.js';
import type { TraceDesk } from './trace-desk.js';

export interface ShellActions {
  readonly chooseFile: () => void;
}

/** What the frame of the page can do. Digits open the panels at the side, in the order of their tabs. */
export function shellCommands(
  store: ViewStore,
  desk: TraceDesk,
  side: readonly Panel[],
  bottom: readonly Panel[],
  actions: ShellActions,
): Command[] {
  let lastSide = side[0]?.id as SidePanel | undefined;
  let lastBottom = bottom[0]?.id as BottomPanel | undefined;
  store.listen((state) => {
    lastSide = state.side ?? lastSide;
    lastBottom = state.bottom ?? lastBottom;
  });
  return [
    {
      id: 'panels.side',
      title: 'Show or hide the findings',
      group: 'Panels',
      keys: ['i'],
      run: () => store.update({ side: store.state.side === undefined ? lastSide : undefined }),
    },
    {
      id: 'panels.bottom',
      title: 'Show or hide the details',
      group: 'Panels',
      keys: ['q'],
      run: () => store.update({ bottom: store.state.bottom === undefined ? lastBottom : undefined }),
    },
    ...side.map((panel, i): Command => ({
      id: `panels.side.${panel.id}`,
      title: `Show the panel “${panel.title}”`,
      group: 'Panels',
      keys: [String(i + 1)],
      run: () => {
        store.update({ side: panel.id as SidePanel });
        document.getElementById(`tab-${panel.id}`)?.focus();
      },
    })),
    ...bottom.map((panel): Command => ({
      id: `panels.bottom.${panel.id}`,
      title: `Show the panel “${panel.title}”`,
      group: 'Panels',
      run: () => {
        store.update({ bottom: panel.id as BottomPanel });
        document.getElementById(`tab-${panel.id}`)?.focus();
      },
    })),
    { id: 'page.open', title: 'Open a trace …', group: 'Page', keys: ['Mod+o'], run: actions.chooseFile },
    {
      id: 'page.stop-comparing',
      title: 'Stop comparing: put the second trace away',
      group: 'Page',
      enabled: () => desk.state(1).kind !== 'empty',
      run: () => void desk.close(1),
    },
    {
      id: 'page.theme',
      title: 'Change colours: system, light, dark',
      group: 'Page',
      run: () => store.update({ theme: nextTheme(store.state.theme) }),
    },
  ];
}
