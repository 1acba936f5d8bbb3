import { max } from 'd3-array';
import { axisLeft } from 'd3-axis';
import { scaleBand, scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import type { Block, BlocksResult } from '../../src/analysis/blocks.js';
import { formatNs } from '../../src/report/units.js';
import { paintOfRole } from '../../src/report/charts/palette.js';
import { patternPath } from '../../src/report/charts/paint.js';

const HEIGHT = 132;
const LEFT = 46;
const TOP = 8;
const BOTTOM = 16;

/** One bar a block, in order of time, coloured by its role; the steady state is a line across. Returns its end. */
export function blocksChart(host: HTMLElement, result: BlocksResult, go: (block: Block) => void): () => void {
  const svg = select(host)
    .append('svg')
    .attr('class', 'blocks-chart')
    .attr('height', HEIGHT)
    .attr('role', 'group')
    .attr('aria-label', 'Latency of each block; the table below says the same');
  const { blocks, steadyBlockNs } = result;

  function draw(): void {
    const width = host.clientWidth;
    if (width === 0) return;
    svg.attr('width', width).selectAll('*').remove();
    const x = scaleBand<number>()
      .domain(blocks.map((_, index) => index))
      .range([LEFT, width])
      .paddingInner(blocks.length > width / 6 ? 0 : 0.18)
      .round(false);
    const top = max(blocks, ({ durationNs }) => durationNs) ?? 1;
    const y = scaleLinear([0, top], [HEIGHT - BOTTOM, TOP]).nice(4);
    const axis = axisLeft(y)
      .ticks(4)
      .tickSize(-(width - LEFT))
      .tickPadding(6)
      .tickFormat((ns) => shortNs(Number(ns)));
    svg
      .append('g')
      .attr('class', 'axis')
      .attr('transform', `translate(${LEFT},0)`)
      .call(axis)
      .select('.domain')
      .remove();
    const bars = svg
      .append('g')
      .selectAll('g')
      .data(blocks)
      .join('g')
      .attr('class', 'bar')
      .on('click', (_, block) => go(block));
    bars
      .append('rect')
      .attr('x', (_, i) => x(i)!)
      .attr('width', Math.max(1, x.bandwidth()))
      .attr('y', ({ durationNs }) => y(durationNs))
      .attr('height', ({ durationNs }) => y(0) - y(durationNs))
      .attr('fill', ({ role }) => `var(--${paintOfRole(role).color})`);
    bars
      .append('path')
      .attr('class', 'hatch')
      .attr('d', ({ role, durationNs }, i) =>
        patternPath(paintOfRole(role).pattern, x(i)!, y(durationNs), x.bandwidth(), y(0) - y(durationNs)),
      );
    bars.append('title').text(({ name, role, durationNs }) => `${name}\n${role}, ${formatNs(durationNs)}`);
    if (steadyBlockNs !== undefined) {
      svg
        .append('line')
        .attr('class', 'reference')
        .attr('x1', LEFT)
        .attr('x2', width)
        .attr('y1', y(steadyBlockNs))
        .attr('y2', y(steadyBlockNs))
        .append('title')
        .text(`steady block: ${formatNs(steadyBlockNs)}`);
    }
    svg
      .append('text')
      .attr('class', 'axis-name')
      .attr('x', LEFT)
      .attr('y', HEIGHT - 2)
      .text(blocks.length === 1 ? blocks[0]!.name : `${blocks[0]!.name} … ${blocks.at(-1)!.name}`);
  }

  const observer = new ResizeObserver(draw);
  observer.observe(host);
  return () => observer.disconnect();
}

/** `450 ms`: axis labels have no decimals to spare. */
function shortNs(ns: number): string {
  if (ns >= 1e9) return `${ns / 1e9} s`;
  if (ns >= 1e6) return `${ns / 1e6} ms`;
  return ns >= 1e3 ? `${ns / 1e3} µs` : `${ns}`;
}
