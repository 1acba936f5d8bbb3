import { createHash } from 'node:crypto';
import { parse, type DefaultTreeAdapterMap } from 'parse5';
import { describe, expect, test } from 'vitest';
import { page } from '../../../src/report/html/page.js';
import { NO_EXAMPLES } from '../../../src/report/examples.js';
import { reportDocument } from '../../../src/report/report-document.js';
import { COLOR_RULES } from '../../../src/report/html/colors.js';
import {
  gapsResult,
  hotspot,
  kernelRow,
  kernelsResult,
  overlapResult,
  results,
  switchResult,
} from './hand-made.js';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

const EVIL = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'`&amp;\u2028\u202e\u0000{{x}}';

/** Every name that can come from a trace is hostile. */
function hostile(timeline?: string): string {
  return page(
    reportDocument(
      results({
        info: {
          name: EVIL,
          command: EVIL,
          path: EVIL,
          notices: [{ table: EVIL, message: EVIL }],
          capture: EVIL,
        },
        gaps: gapsResult({ host: 300_000 }, [
          hotspot({ path: EVIL, example: { startNs: 1, durationNs: 2, beforeName: EVIL, afterName: EVIL } }),
        ]),
        kernels: kernelsResult(
          [kernelRow({ name: EVIL, fullName: `${EVIL}<double>`, path: EVIL, class: 'elementwise' })],
          {
            notKnown: EVIL,
          },
        ),
        overlap: overlapResult([
          {
            thread: 1,
            threadName: EVIL,
            path: EVIL,
            call: EVIL,
            kind: 'stream',
            count: 1,
            totalNs: 5,
            idleNs: 5,
            longest: { startNs: 1, durationNs: 5 },
          },
        ]),
        rest: {
          gpu: EVIL,
          windowText: EVIL,
          leftOut: [EVIL],
          kv: { refused: EVIL },
          switches: {
            result: switchResult({
              blocks: [{ name: EVIL, startNs: 0, durationNs: 5, role: 'steady' }],
              notices: [EVIL],
            }),
          },
          noSwitch: EVIL,
          path: EVIL,
          examples: {
            ...NO_EXAMPLES,
            kernels: new Map([[`${EVIL}<double>`, { startNs: 3, durationNs: 4 }]]),
          },
        },
      }),
      timeline,
    ),
  );
}

function elements(text: string): { all: Element[]; errors: string[] } {
  const errors: string[] = [];
  const all: Element[] = [];
  const visit = (node: Node): void => {
    if ('tagName' in node) all.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(text, { sourceCodeLocationInfo: true, onParseError: ({ code }) => errors.push(code) }));
  return { all, errors };
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value;
}

function textOf(element: Element): string {
  return element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
}

const PLAIN = page(
  reportDocument(results({ kernels: kernelsResult([kernelRow({})]), overlap: overlapResult([]) })),
);

const TIMELINE = `javascript:alert(1)//"><img src=x>?a#b-timeline.html`;

describe.each([
  ['of a plain trace', PLAIN, undefined],
  ['of a hostile trace', hostile(), undefined],
  ['of a hostile trace, with a timeline', hostile(TIMELINE), TIMELINE],
])('the page %s', (_, text, timeline) => {
  const { all, errors } = elements(text);

  test('parses without a single error, every element closed', () => {
    expect(errors).toEqual([]);
    // parse5 closes what is left open without a word; an end tag that is there has a place.
    const void_ = new Set(['meta', 'br', 'link', 'img', 'input', 'hr']);
    const open = all.filter(
      ({ tagName, sourceCodeLocation }) => !void_.has(tagName) && sourceCodeLocation?.endTag === undefined,
    );
    expect(open.map(({ tagName }) => tagName)).toEqual([]);
  });

  test('has the elements that we write, and no other', () => {
    const names = new Set(all.map(({ tagName }) => tagName));
    for (const foreign of ['img', 'iframe', 'object', 'link', 'base', 'form', 'embed', 'image', 'use']) {
      expect(names).not.toContain(foreign);
    }
    const scripts = all.filter(({ tagName }) => tagName === 'script');
    expect(scripts.filter((one) => attribute(one, 'type') !== 'application/json')).toHaveLength(1);
    const handlers = all.flatMap(({ attrs }) => attrs).filter(({ name }) => /^on|^style$|^src/.test(name));
    expect(handlers).toEqual([]);
  });

  test('links within itself, and each link has its target; else only into its timeline', () => {
    const ids = all.map((one) => attribute(one, 'id')).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    const links = all.map((one) => attribute(one, 'href')).filter((href) => href !== undefined);
    expect(links.length).toBeGreaterThan(10);
    const inside = links.filter((href) => href.startsWith('#'));
    for (const href of inside) expect(ids).toContain(href.replace(/^#/, ''));
    const outside = links.filter((href) => !href.startsWith('#'));
    // Its head, a kernel, a hotspot, a wait and a block, in their tables or findings.
    expect(outside.length).toBeGreaterThanOrEqual(timeline === undefined ? 0 : 5);
    for (const href of outside) {
      const [file, behind] = href.split('#');
      expect(file).toBe(`./${encodeURIComponent(timeline!)}`);
      // Nothing of a name is in it: numbers, and the words of the address.
      expect(behind ?? 'v1').toMatch(
        /^v1(&t=\d+(\.\d+)?,\d+(\.\d+)?&at=0,p\d+\/[dt]\d+,(ops|gaps|projection|calls),\d+,\d+)?$/,
      );
    }
  });

  test('lets in just its own style and script', () => {
    const policy = attribute(
      all.find((one) => attribute(one, 'http-equiv') !== undefined)!,
      'content',
    )!;
    expect(policy).toMatch(/^default-src 'none';/);
    for (const tag of ['style', 'script']) {
      const own = all.find(({ tagName, attrs }) => tagName === tag && attrs.length === 0)!;
      expect(policy).toContain(
        `${tag}-src 'sha256-${createHash('sha256').update(textOf(own)).digest('base64')}';`,
      );
    }
  });

  test('holds nothing to be fetched', () => {
    expect(text).not.toMatch(/url\(|@import|https?:\/\//);
  });
});

test('data in the page is what was put in, whatever its names', () => {
  const { all } = elements(hostile());
  const blocks = all.filter((one) => attribute(one, 'type') === 'application/json');
  expect(blocks.map((one) => attribute(one, 'id'))).toEqual([
    'data-info',
    'data-gaps',
    'data-switch',
    'data-kernels',
    'data-overlap',
    'data-findings',
  ]);
  const gaps = JSON.parse(textOf(blocks[1]!)) as { devices: { hotspots: { path: string }[] }[] };
  expect(gaps.devices[0]?.hotspots[0]?.path).toBe(EVIL);
  for (const block of blocks) expect(textOf(block)).not.toMatch(/[<>&\u2028\u2029]/);
});

test('an analyzer that refused leaves one sentence', () => {
  expect(PLAIN).toContain('<p class="note">No KV cache.</p>');
  expect(PLAIN).toContain('<p class="note">No blocks.</p>');
});

test('without a timeline every time has its command, quoted for a shell', () => {
  const { all } = elements(hostile());
  const spots = all.filter((one) => attribute(one, 'class') === 'spot');
  expect(spots.length).toBeGreaterThanOrEqual(4);
  for (const spot of spots) {
    expect(spot.tagName).toBe('span');
    const title = attribute(spot, 'title')!;
    expect(title).toMatch(/^gapscope view '.*' --at [\d.]+ms\.\.[\d.]+ms$/s);
    expect(title).not.toContain('\u202e');
  }
});

test('text can be read on its ground in both themes', () => {
  for (const rules of COLOR_RULES.split('\n').slice(0, 2)) {
    const color = (name: string): string => new RegExp(`--${name}:(#\\w{6})`).exec(rules)![1]!;
    for (const ground of ['page', 'panel']) {
      for (const ink of ['ink', 'muted', 'link', 'high', 'medium', 'low']) {
        expect(contrast(color(ink), color(ground)), `${ink} on ${ground}`).toBeGreaterThan(4.5);
      }
    }
  }
});

/** WCAG 2's contrast ratio. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
