import type { Surface } from '../render/renderer.js';

/** A canvas's 2D context; `opaque` ones are cheaper to put on screen. */
export function contextOf(canvas: HTMLCanvasElement, opaque = false): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: !opaque });
  if (context === null) throw new Error('this browser has no 2D canvas');
  return context;
}

/** Gives a canvas a size in CSS pixels, with a whole number of pixels of the device. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number, dpr: number): Surface {
  const surface = {
    width: Math.max(1, Math.round(width * dpr)),
    height: Math.max(1, Math.round(height * dpr)),
    dpr,
  };
  // Setting a size clears the canvas, even if it is the same one.
  if (canvas.width !== surface.width) canvas.width = surface.width;
  if (canvas.height !== surface.height) canvas.height = surface.height;
  canvas.style.width = `${surface.width / dpr}px`;
  canvas.style.height = `${surface.height / dpr}px`;
  return surface;
}

/** Calls back when an element changes its size, or the page its zoom. Returns the function that stops it. */
export function watchSize(elements: readonly Element[], changed: () => void): () => void {
  const observer = new ResizeObserver(changed);
  for (const element of elements) observer.observe(element);
  let query: MediaQueryList | undefined;
  // A query matches one resolution only: after each change it must be asked anew.
  const again = (): void => {
    query?.removeEventListener('change', zoomed);
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener('change', zoomed);
  };
  const zoomed = (): void => {
    again();
    changed();
  };
  again();
  return () => {
    observer.disconnect();
    query?.removeEventListener('change', zoomed);
  };
}
