import type { Section } from '../document/blocks.js';
import { findAll, togetherNs } from '../findings/rank.js';
import { gapsOf, type ReportResults } from '../results.js';
import { formatNs, formatPercent } from '../units.js';

export function findingsSection(results: ReportResults): Section {
  const findings = findAll(results);
  const { spanNs } = gapsOf(results).window;
  const together = togetherNs(findings, results);
  return {
    id: 'findings',
    title: 'Findings',
    question: 'What would help, and by how much at most? Largest upper bound first.',
    blocks:
      findings.length === 0
        ? [
            {
              kind: 'note',
              text: 'No rule found anything in this trace. The tables below hold what was measured.',
            },
          ]
        : [
            { kind: 'findings', findings, spanNs },
            ...(together > 0
              ? [
                  {
                    kind: 'note' as const,
                    text: `Time that several findings name is counted once: together they could save at most ${formatNs(together)} of ${formatNs(spanNs)} (${formatPercent(together / spanNs)}).`,
                  },
                ]
              : []),
          ],
  };
}
