import type { Evidence } from '../findings/finding.js';
import type { RankedFinding } from '../findings/rank.js';
import { placeText, shortPathText } from '../document/place.js';
import { formatNs, formatPercent } from '../units.js';
import { html, type Markup } from './markup.js';

/** Findings as cards in their order: what it is and could save in the head, then why, how sure, and what to try. */
export function findingsHtml(findings: readonly RankedFinding[], spanNs: number): Markup {
  return html`<ol class="findings">
    ${findings.map((finding) => findingHtml(finding, spanNs))}
  </ol>`;
}

function findingHtml(finding: RankedFinding, spanNs: number): Markup {
  const { rank, title, evidence, certainty, because, suggestion, boundNs, share, overlapsWith } = finding;
  return html`<li id="finding-${rank}">
    <div class="head">
      <h3><span class="rank">${rank}</span>${title}</h3>
      ${
        boundNs === undefined || share === undefined
          ? html`<p class="bound"><span class="remark">worth knowing; no saving claimed</span></p>`
          : html`<p class="bound">
              <a href="#def-bound">at most</a> <b>${formatNs(boundNs)}</b>
              <span class="remark">of ${formatNs(spanNs)} · ${formatPercent(share)}</span>
            </p>`
      }
    </div>
    <ul class="evidence">
      ${evidence.map(evidenceHtml)}
    </ul>
    <p class="try"><b>Try</b> ${suggestion}</p>
    <p class="sure">
      <a class="certainty ${certainty}" href="#def-certainty">${certainty} certainty</a> ${because}${
        overlapsWith.length > 0 &&
        html` <span class="overlaps"
          >Overlaps with
          ${overlapsWith.map((other, i) => html`${i > 0 && ', '}<a href="#finding-${other}">${other}</a>`)}:
          these gains do not add up.</span
        >`
      }
    </p>
  </li> `;
}

function evidenceHtml({ text, place }: Evidence): Markup {
  return html`<li>
    ${text}${place !== undefined && html` <span class="place" title="${place.path ?? ''}">${placeText(place, shortPathText)}</span>`}
  </li>`;
}
