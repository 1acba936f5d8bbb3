import type { Evidence, Place } from '../findings/finding.js';
import type { RankedFinding } from '../findings/rank.js';
import { jumpText } from '../document/jump-text.js';
import type { Look } from '../document/look.js';
import { placeParts, shortPathText, spotOf } from '../document/place.js';
import { formatNs, formatPercent } from '../units.js';
import { html, type Markup } from './markup.js';
import { folded } from './fold.js';
import { spotHtml } from './spot-html.js';

/** Findings as cards in their order: what it is and could save in the head, then why, how sure, and what to try. */
export function findingsHtml(findings: readonly RankedFinding[], spanNs: number, look: Look): Markup {
  return html`<ol class="findings">
    ${findings.map((finding) => findingHtml(finding, spanNs, look))}
  </ol>`;
}

function findingHtml(finding: RankedFinding, spanNs: number, look: Look): Markup {
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
    ${folded(
      html`<ul class="evidence">
          ${evidence.map((one) => evidenceHtml(one, look))}
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
        </p>`,
      'all evidence, and how certain it is',
    )}
  </li> `;
}

function evidenceHtml({ text, place, jump }: Evidence, look: Look): Markup {
  return html`<li>
    ${text}${place !== undefined && placeHtml(place, look)}${
      jump !== undefined && html` <a class="jump" href="#${jump.id}">${jumpText(jump)}</a>`
    }
  </li>`;
}

function placeHtml(place: Place, look: Look): Markup {
  const { before, time, after } = placeParts(place, shortPathText);
  const spot = spotOf(place);
  const when = spot === undefined ? time : spotHtml(time, spot, look);
  return html` <span class="place" title="${place.path ?? ''}">${before}${when}${after}</span>`;
}
