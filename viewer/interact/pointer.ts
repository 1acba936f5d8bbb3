/** CSS pixels from the top left of the stage. */
export interface StagePoint {
  readonly x: number;
  readonly y: number;
}

export interface PointerActions {
  hover(at: StagePoint | undefined): void;
  click(at: StagePoint): void;
  doubleClick(at: StagePoint): void;
  /** A drag that selects; `free` (Alt): without snapping. */
  dragFrom(at: StagePoint, free: boolean): void;
  dragTo(at: StagePoint, free: boolean): void;
  dragEnd(): void;
  dragCancel(): void;
  /** The picture follows the hand. */
  panPx(dx: number): void;
  /** Above 1: more time comes into view. */
  zoom(factor: number, x: number, glide: boolean): void;
}

/** A press that moved less is a click. */
const CLICK_PX = 4;
/** A notch of a wheel moves a hundred pixels or so at once, a trackpad's pinch a few. */
const NOTCH_PX = 40;
const NOTCH_ZOOM = 0.28;
const PINCH_ZOOM = 0.012;
const LINE_PX = 16;

type Gesture =
  | { readonly kind: 'press'; readonly start: StagePoint; readonly pan: boolean; readonly free: boolean }
  | { readonly kind: 'select' }
  | { readonly kind: 'pan'; lastX: number }
  | { readonly kind: 'pinch'; distance: number; middle: number };

/** Mouse, pen and fingers on the stage; the wheel anywhere over the tracks. Returns the function that stops listening. */
export function listenToPointer(
  stage: HTMLElement,
  scroller: HTMLElement,
  actions: PointerActions,
): () => void {
  const down = new Map<number, StagePoint>();
  let gesture: Gesture | undefined;
  let lastPointer = 'mouse';

  const at = (event: MouseEvent): StagePoint => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const pinch = (): { distance: number; middle: number } => {
    const [a, b] = [...down.values()];
    if (a === undefined || b === undefined) return { distance: 1, middle: 0 };
    return { distance: Math.max(20, Math.hypot(a.x - b.x, a.y - b.y)), middle: (a.x + b.x) / 2 };
  };

  const onDown = (event: PointerEvent): void => {
    lastPointer = event.pointerType;
    if (event.pointerType === 'mouse' && event.button > 1) return;
    const point = at(event);
    down.set(event.pointerId, point);
    if (down.size === 2 && event.pointerType === 'touch') {
      if (gesture?.kind === 'select') actions.dragCancel();
      gesture = { kind: 'pinch', ...pinch() };
      return;
    }
    // Focus without the browser's own scrolling, and no selection of text while dragging.
    if (event.pointerType === 'mouse') event.preventDefault();
    stage.focus({ preventScroll: true });
    // The ring is for keyboards, also where the last thing pressed was a key.
    stage.classList.add('by-pointer');
    const pan = event.pointerType === 'touch' || event.shiftKey || event.button === 1;
    gesture = { kind: 'press', start: point, pan, free: event.altKey };
  };

  const onMove = (event: PointerEvent): void => {
    const point = at(event);
    if (down.has(event.pointerId)) down.set(event.pointerId, point);
    if (gesture === undefined) {
      if (event.pointerType !== 'touch') actions.hover(point);
      return;
    }
    if (gesture.kind === 'press') {
      if (Math.hypot(point.x - gesture.start.x, point.y - gesture.start.y) < CLICK_PX) return;
      stage.setPointerCapture(event.pointerId);
      actions.hover(undefined);
      if (gesture.pan) {
        gesture = { kind: 'pan', lastX: gesture.start.x };
        stage.classList.add('panning');
      } else {
        actions.dragFrom(gesture.start, gesture.free);
        gesture = { kind: 'select' };
      }
    }
    if (gesture.kind === 'pan') {
      actions.panPx(point.x - gesture.lastX);
      gesture.lastX = point.x;
    } else if (gesture.kind === 'select') {
      actions.dragTo(point, event.altKey);
    } else if (gesture.kind === 'pinch') {
      const now = pinch();
      actions.panPx(now.middle - gesture.middle);
      actions.zoom(gesture.distance / now.distance, now.middle, false);
      gesture.distance = now.distance;
      gesture.middle = now.middle;
    }
  };

  const finish = (event: PointerEvent, cancelled: boolean): void => {
    if (!down.delete(event.pointerId)) return;
    const was = gesture;
    // The finger that stays after a pinch goes on panning.
    const [rest] = down.values();
    gesture = was?.kind === 'pinch' && rest !== undefined ? { kind: 'pan', lastX: rest.x } : undefined;
    stage.classList.remove('panning');
    if (was?.kind === 'press' && !cancelled && event.button !== 1) actions.click(at(event));
    else if (was?.kind === 'select') {
      if (cancelled) actions.dragCancel();
      else actions.dragEnd();
    }
  };
  const onUp = (event: PointerEvent): void => finish(event, false);
  const onCancel = (event: PointerEvent): void => finish(event, true);
  const onLeave = (): void => {
    if (gesture === undefined) actions.hover(undefined);
  };
  const onDouble = (event: MouseEvent): void => {
    if (lastPointer !== 'touch') actions.doubleClick(at(event));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || gesture?.kind !== 'select') return;
    event.stopPropagation();
    gesture = undefined;
    down.clear();
    actions.dragCancel();
  };

  const onWheel = (event: WheelEvent): void => {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const dx = event.deltaX * unit;
    const dy = event.deltaY * unit;
    const { x } = at(event);
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const notch = Math.abs(dy) >= NOTCH_PX;
      actions.zoom(Math.exp(notch ? Math.sign(dy) * NOTCH_ZOOM : dy * PINCH_ZOOM), x, notch);
    } else if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) {
      // Also keeps the browser from going back a page.
      event.preventDefault();
      actions.panPx(-(event.shiftKey && dx === 0 ? dy : dx));
    }
  };

  stage.addEventListener('pointerdown', onDown);
  stage.addEventListener('pointermove', onMove);
  stage.addEventListener('pointerup', onUp);
  stage.addEventListener('pointercancel', onCancel);
  stage.addEventListener('pointerleave', onLeave);
  stage.addEventListener('dblclick', onDouble);
  scroller.addEventListener('wheel', onWheel, { passive: false });
  document.addEventListener('keydown', onKey, { capture: true });
  return () => {
    stage.removeEventListener('pointerdown', onDown);
    stage.removeEventListener('pointermove', onMove);
    stage.removeEventListener('pointerup', onUp);
    stage.removeEventListener('pointercancel', onCancel);
    stage.removeEventListener('pointerleave', onLeave);
    stage.removeEventListener('dblclick', onDouble);
    scroller.removeEventListener('wheel', onWheel);
    document.removeEventListener('keydown', onKey, { capture: true });
  };
}
