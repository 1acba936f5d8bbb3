import type { Findings, Slot } from '../engine/protocol.js';
import type { PanelContext } from '../shell/panel-context.js';
import { applyChartColours } from './chart-colours.js';
import { button, element, message } from './elements.js';
import { Latest } from './latest.js';

/** Findings of a device are worked out once a trace, whichever panel asks first. */
const known = new WeakMap<object, Map<string, Promise<Findings>>>();

function findingsOf(context: PanelContext, slot: Slot, device: string): Promise<Findings> {
  const summary = context.summary(slot);
  if (summary === undefined) return Promise.reject(new Error('no trace is open'));
  let ofSummary = known.get(summary);
  if (ofSummary === undefined) known.set(summary, (ofSummary = new Map<string, Promise<Findings>>()));
  let found = ofSummary.get(device);
  if (found === undefined) ofSummary.set(device, (found = context.engine.findings(slot, device)));
  return found;
}

/** The device whose findings the panels show, for as long as the page is open: all panels speak of the same one. */
let chosenDevice: string | undefined;

export interface FoundOn {
  readonly findings: Findings;
  readonly slot: Slot;
  /** Track id. */
  readonly device: string;
}

/**
 * Shows findings of the first trace in `host`: a choice of the device where there are several, what is being waited
 * for, then whatever `show` makes. `show` returns what must be stopped when something else takes its place.
 */
export function showFindings(
  host: HTMLElement,
  context: PanelContext,
  show: (body: HTMLElement, found: FoundOn) => (() => void) | undefined,
): () => void {
  applyChartColours();
  const latest = new Latest();
  const top = element('div', 'device-choice');
  const body = element('div', 'panel-body');
  host.append(top, body);
  let stop: (() => void) | undefined;

  function clear(): void {
    stop?.();
    stop = undefined;
    body.replaceChildren();
  }

  function draw(): void {
    clear();
    top.replaceChildren();
    const summary = context.summary(0);
    if (summary === undefined) return void body.append(message('Open a trace to see its findings.'));
    const devices = summary.devices;
    const device = devices.find(({ track }) => track === chosenDevice) ?? devices[0];
    if (device === undefined) return void body.append(message('This trace holds no GPU work.'));
    if (devices.length > 1) {
      for (const { track, label } of devices) {
        const choice = button(label, 'choice', () => {
          chosenDevice = track;
          draw();
        });
        choice.setAttribute('aria-pressed', String(track === device.track));
        top.append(choice);
      }
    }
    if (!context.isReady(0)) return void body.append(message('Working it out …'));
    latest.ask(
      findingsOf(context, 0, device.track),
      (findings) => {
        clear();
        stop = show(body, { findings, slot: 0, device: device.track });
      },
      (error) => {
        clear();
        body.append(message('This could not be worked out.'));
        context.report(error);
      },
    );
    body.append(message('Working it out …'));
  }

  draw();
  const forget = context.onSummary(draw);
  return () => {
    forget();
    latest.stop();
    stop?.();
  };
}
