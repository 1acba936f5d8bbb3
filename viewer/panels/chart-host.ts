/** Draws a chart again whenever the width it has changes. Returns the function that stops. */
export function chartHost(host: HTMLElement, draw: (width: number) => string): () => void {
  const box = document.createElement('div');
  box.className = 'chart-box';
  host.append(box);
  let drawn = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.floor(box.clientWidth);
    if (width === drawn || width === 0) return;
    drawn = width;
    // Charts escape every text themselves (`report/charts/svg.ts`).
    box.innerHTML = draw(width);
  });
  observer.observe(box);
  return () => observer.disconnect();
}
