import { SWITCH_PARTS, type SwitchLatency, type SwitchResult } from '../../src/analysis/switch.js';
import { waterfallChart } from '../../src/report/charts/waterfall.js';
import { SWITCH_PART_NAMES } from '../../src/report/switch-names.js';
import { formatExact, formatNs } from '../../src/report/units.js';
import type { PanelContext } from '../shell/panel-context.js';
import type { Panel } from '../shell/panel-host.js';
import { chartHost } from './chart-host.js';
import { button, element, message } from './elements.js';
import { showFindings } from './findings-source.js';
import { frame } from './frame.js';
import { notices } from './notices.js';

/** What a prompt switch costs, and what that is made of. */
export const switchPanel: Panel = {
  id: 'switch',
  title: 'Switch',
  hint: 'What a prompt switch costs',
  mount: (host, context) =>
    showFindings(host, context, (body, { findings }) => {
      if ('refused' in findings.switches) return void body.append(message(findings.switches.refused));
      return showSwitches(body, context, findings.switches.result, findings.offsetNs);
    }),
};

function showSwitches(
  body: HTMLElement,
  context: PanelContext,
  result: SwitchResult,
  offsetNs: number,
): () => void {
  const stops: (() => void)[] = [];
  if (result.switches.length === 0) body.append(message('No prompt switch in this trace.'));
  for (const one of result.switches) {
    const figures = element('div', 'figures');
    const latency = element(
      'div',
      'figure',
      element('b', '', formatNs(one.latencyNs)),
      element('span', 'muted', 'switch latency'),
    );
    latency.title = `${formatExact(one.latencyNs)} ns`;
    const blocks = element(
      'div',
      'figure',
      element('b', '', `${formatNs(one.blockNs)} − ${formatNs(one.beforeNs)}`),
      element('span', 'muted', `${one.block} less ${one.before}`),
    );
    figures.append(latency, blocks);
    body.append(figures);
    const block = result.blocks.find(({ name }) => name === one.block);
    if (block !== undefined) {
      const startNs = block.startNs + offsetNs;
      body.append(
        button(`Show ${one.block}`, 'quiet', () =>
          frame(context, startNs, startNs + block.durationNs, one.block),
        ),
      );
    }
    stops.push(chartHost(body, (width) => waterfall(one, width)));
  }
  notices(body, result.notices);
  return () => stops.forEach((stop) => stop());
}

function waterfall(one: SwitchLatency, width: number): string {
  const steps = SWITCH_PARTS.filter((part) => one.parts[part] !== 0).map((part) => ({
    name: SWITCH_PART_NAMES[part],
    ns: one.parts[part],
    kind: 'change' as const,
    paint: {
      color: part.endsWith('Idle') ? 'red' : 'blue',
      pattern: part.endsWith('Idle') ? ('rising' as const) : ('solid' as const),
    },
  }));
  return waterfallChart(
    {
      title: `What the switch at ${one.block} is made of`,
      description: steps.map(({ name, ns }) => `${name} ${formatNs(ns)}`).join(', '),
      steps: [
        ...steps,
        {
          name: 'switch latency',
          ns: one.latencyNs,
          kind: 'total',
          paint: { color: 'busy', pattern: 'solid' },
        },
      ],
    },
    { width },
  );
}
