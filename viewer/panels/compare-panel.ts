import { formatNs, plural } from '../../src/report/units.js';
import type { CompareResult, CompareRow, EventRef, VisibleRow } from '../engine/protocol.js';
import type { Panel } from '../shell/panel-host.js';
import { button, element, message } from './elements.js';
import { Latest } from './latest.js';
import { pathLine } from './path-line.js';
import { signedNs } from './signed-ns.js';
import { sortableTable } from './sortable-table.js';
import { TellingPaths } from './telling-paths.js';

const VIEWS = [
  { id: 'byTemplate', title: 'By range', column: 'range' },
  { id: 'byKernel', title: 'By kernel', column: 'kernel' },
  { id: 'byCause', title: 'By cause', column: 'cause' },
] as const;
type View = (typeof VIEWS)[number];

const MAX_INSTANCES = 200;

/** Two traces: where they are aligned, and what differs by template, kernel and cause. */
export const comparePanel: Panel = {
  id: 'compare',
  title: 'Compare',
  hint: 'What changed between two traces',
  mount(host, context) {
    const latest = new Latest();
    let view: View = VIEWS[0];
    let text = 'temporal_block:*';
    /** Two traces whose clocks have nothing to do with each other say nothing unaligned. */
    let aligned = context.store.state.align !== undefined;

    function draw(): void {
      host.replaceChildren();
      const [base, candidate] = [context.summary(0), context.summary(1)];
      if (base === undefined || candidate === undefined) {
        host.append(
          message(
            'Open a second trace to compare with.',
            'Start with: gapscope view BASE --compare CANDIDATE',
          ),
        );
        return;
      }
      host.append(
        element(
          'p',
          'compare-names',
          element('b', '', base.name),
          ' above, ',
          element('b', '', candidate.name),
          ' below',
        ),
        alignForm(),
      );
      const body = element('div');
      host.append(body);
      if (!context.isReady(0) || !context.isReady(1)) return void body.append(message('Working it out …'));
      if (!aligned) {
        aligned = true;
        align().catch((error: unknown) => context.report(error));
      }
      body.append(message('Comparing …'));
      latest.ask(
        context.engine.compare(text.trim() === '' ? undefined : text.trim()),
        (result) => show(body, result),
        (error) => {
          body.replaceChildren(
            message('These could not be compared in that window.', String((error as Error).message)),
          );
        },
      );
    }

    function alignForm(): HTMLElement {
      const form = element('form', 'align');
      const field = element('input', 'field');
      field.value = text;
      field.setAttribute('aria-label', 'Range to align at and to compare, such as temporal_block:3');
      form.append(field);
      const go = element('button', 'quiet', 'Align');
      go.type = 'submit';
      form.append(go);
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        text = field.value;
        void align().then(draw, (error: unknown) => context.report(error));
      });
      return form;
    }

    async function align(): Promise<void> {
      const [bases, candidates] = await Promise.all(
        ([0, 1] as const).map((slot) => context.engine.rangeInstances(slot, text, MAX_INSTANCES)),
      );
      const pair = pairOf(bases ?? [], candidates ?? [], context.store.state.startNs);
      if (pair === undefined) {
        context.announce('No range of that name is in both traces');
        return;
      }
      await context.engine.align(pair.base, pair.candidate);
      context.store.update({ align: pair });
    }

    function show(body: HTMLElement, result: CompareResult): void {
      const change = result.candidateSpanNs - result.baseSpanNs;
      const figures = element(
        'div',
        'figures',
        figure(formatNs(result.baseSpanNs), 'base'),
        figure(formatNs(result.candidateSpanNs), 'candidate'),
        figure(signedNs(change), 'change'),
      );
      const choices = element('div', 'choices');
      for (const one of VIEWS) {
        const made = button(one.title, 'choice', () => {
          view = one;
          show(body, result);
        });
        made.setAttribute('aria-pressed', String(one === view));
        choices.append(made);
      }
      body.replaceChildren(figures, choices);
      const paths =
        view.id === 'byTemplate' ? new TellingPaths(result.byTemplate.map(({ label }) => label)) : undefined;
      const segmentsOf = (label: string): readonly string[] => paths?.of(label) ?? [label];
      sortableTable<CompareRow>(body, {
        caption: `${view.title}: base against candidate`,
        sortBy: 3,
        columns: [
          {
            title: view.column,
            text: ({ label }) => segmentsOf(label).at(-1) ?? '',
            value: ({ label }) => label,
            below: ({ label }) => around(segmentsOf(label).slice(0, -1)),
            hint: hintOf,
          },
          {
            title: 'base',
            numeric: true,
            text: ({ baseNs }) => formatNs(baseNs),
            value: ({ baseNs }) => baseNs,
          },
          {
            title: 'candidate',
            numeric: true,
            text: ({ candidateNs }) => formatNs(candidateNs),
            value: ({ candidateNs }) => candidateNs,
          },
          {
            title: 'change',
            numeric: true,
            text: ({ baseNs, candidateNs }) => signedNs(candidateNs - baseNs),
            value: ({ baseNs, candidateNs }) => Math.abs(candidateNs - baseNs),
          },
        ],
      }).show(result[view.id]);
    }

    draw();
    const forget = context.onSummary(draw);
    return () => {
      forget();
      latest.stop();
    };
  },
};

/** What is around the innermost segment, which stands above it. */
function around(segments: readonly string[]): HTMLElement | undefined {
  const outer = segments.at(-1) === '…' ? segments.slice(0, -1) : segments;
  return outer.length === 0 ? undefined : pathLine(outer);
}

function hintOf({ label, baseCount, candidateCount }: CompareRow): string {
  return `${label}\n${plural(baseCount, 'op')} before, ${plural(candidateCount, 'op')} after`;
}

function figure(value: string, label: string): HTMLElement {
  return element('div', 'figure', element('b', '', value), element('span', 'muted', label));
}

/** The first instance that starts in view, and its namesake in the other trace; else the first namesakes of all. */
function pairOf(
  bases: readonly VisibleRow[],
  candidates: readonly VisibleRow[],
  fromNs: number,
): { readonly base: EventRef; readonly candidate: EventRef } | undefined {
  const inOrder = [...bases.filter(({ startNs }) => startNs >= fromNs), ...bases];
  for (const base of inOrder) {
    const candidate = candidates.find(({ name }) => name === base.name);
    if (candidate !== undefined) return { base: base.ref, candidate: candidate.ref };
  }
  return undefined;
}
