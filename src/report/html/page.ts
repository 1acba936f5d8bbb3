import { createHash } from 'node:crypto';
import type { ReportDocument } from '../document/blocks.js';
import { pageHref, viewCommand, type Look } from '../document/look.js';
import { blockHtml } from './blocks-html.js';
import { jsonBlock } from './json-block.js';
import { html, raw, type Markup } from './markup.js';
import { SCRIPT } from './script.js';
import { TIMELINE_TAB } from './spot-html.js';
import { STYLE } from './style.js';

/**
 * A report as one file: nothing is fetched, and its policy forbids that anything is. Styles and script are let
 * in by their hashes alone, so that markup in a name could not run even if it got past the escaping.
 */
export function page(document: ReportDocument): string {
  const { title, facts, look, sections, data } = document;
  const policy = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  const body: Markup = html`<header>
      <p class="brand"><b>gapscope</b> report</p>
      <div class="theme" role="group" aria-label="Colours" hidden>
        <button type="button" data-theme="auto" aria-pressed="true">Auto</button>
        <button type="button" data-theme="light" aria-pressed="false">Light</button>
        <button type="button" data-theme="dark" aria-pressed="false">Dark</button>
      </div>
      <h1>${title}</h1>
      <dl class="facts">
        ${facts.map(
          ([label, value]) =>
            html`<div class="${value.length > 60 ? 'whole' : ''}">
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div> `,
        )}
      </dl>
      ${timelineHtml(look)}
    </header>
    <nav aria-label="Sections">
      ${sections.map(({ id, title: name }) => html`<a href="#${id}">${name}</a> `)}
    </nav>
    <main>
      ${sections.map(
        ({ id, title: name, question, blocks }) =>
          html`<section id="${id}">
            <h2>${name}</h2>
            ${question !== undefined && html`<p class="question">${question}</p>`}
            ${blocks.map((block) => html`${blockHtml(block, look)} `)}
          </section> `,
      )}
    </main>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${html`<title>${title} · gapscope report</title>`.text}
<style>${STYLE}</style>
</head>
<body>
${body.text}
${data.map(([name, value]) => jsonBlock(name, value).text).join('\n')}
<script>${raw(SCRIPT).text}</script>
</body>
</html>
`;
}

function timelineHtml({ page: name, trace }: Look): Markup {
  return name === undefined
    ? html`<p class="timeline">
        Times below are places in the trace: <code>${viewCommand(trace)} --at START..END</code> opens the
        timeline there<span class="scripted" hidden>, and a click on a time copies that command</span>.
        <span class="copied" role="status"></span>
      </p>`
    : html`<p class="timeline">
        Times below open <a href="${pageHref(name)}" target="${TIMELINE_TAB}">the timeline</a> where they are.
        It is a file of its own, ${name}, and has to lie beside this one.
      </p>`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
