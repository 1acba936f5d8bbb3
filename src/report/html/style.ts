import { COLOR_RULES } from './colors.js';

/** The page's style sheet. No fonts and no pictures: nothing is fetched. */
export const STYLE = `
${COLOR_RULES}
*{box-sizing:border-box}
html{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;background:var(--page);color:var(--ink);-webkit-text-size-adjust:100%;scroll-padding-top:3.5rem}
body{margin:0 auto;max-width:80rem;padding:1.5rem 1.5rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0 .8rem;overflow-wrap:anywhere;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.3rem;line-height:1.3;margin:0 0 .25rem;font-weight:650}
h3{font-size:1rem;margin:1.8rem 0 .4rem;font-weight:650}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--link);text-decoration:none}
a:hover{text-decoration:underline}
code{font:.87em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
header{position:relative}
.brand{margin:0;color:var(--muted)}
.brand b{color:var(--ink)}
.theme{position:absolute;top:0;right:0;display:flex;border:1px solid var(--rule);border-radius:6px;overflow:hidden}
.theme[hidden]{display:none}
.theme button{font:inherit;font-size:.8rem;border:0;background:none;color:var(--muted);padding:.15rem .6rem;cursor:pointer}
.theme button[aria-pressed=true]{background:var(--track);color:var(--ink)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.5rem 1.5rem;margin:0 0 1.2rem}
.facts .whole{grid-column:1/-1}
.facts dt{color:var(--muted);font-size:.8rem}
.facts dd{margin:0;overflow-wrap:anywhere;font-size:.9rem}
nav{position:sticky;top:0;z-index:1;background:var(--page);border-bottom:1px solid var(--rule);display:flex;gap:0 1.1rem;overflow-x:auto;white-space:nowrap;padding:.5rem 0;font-size:.88rem;scrollbar-width:none}
section{padding-top:2.6rem}
.question,.note,.remark,figcaption,.caption{color:var(--muted)}
.question{margin:0 0 .9rem}
.note{font-size:.9rem}
.tiles{list-style:none;display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.8rem;margin:1rem 0;padding:0}
.tiles li{background:var(--panel);border-radius:8px;padding:.8rem 1rem;display:flex;flex-direction:column}
.tiles .label{font-size:.85rem}
.figure{font-size:1.65rem;font-weight:600;line-height:1.35;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
.figure .unit{font-size:1rem;font-weight:400;color:var(--muted)}
.remark{font-size:.85rem}
.findings{list-style:none;margin:1rem 0;padding:0}
.findings>li{border-top:1px solid var(--rule);padding:1rem 0 .9rem}
.findings>li:last-child{border-bottom:1px solid var(--rule)}
.head{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:.1rem 1.5rem}
.head h3{margin:0;font-size:1.05rem;padding-left:1.9rem;position:relative;flex:1 1 22rem}
.rank{position:absolute;left:0;top:.08em;font-size:.8rem;width:1.35rem;height:1.35rem;line-height:1.35rem;text-align:center;border-radius:50%;background:var(--track);color:var(--muted);font-variant-numeric:tabular-nums}
.bound{margin:0;font-variant-numeric:tabular-nums;white-space:nowrap}
.evidence{margin:.5rem 0;padding-left:1.9rem;list-style:none;max-width:56rem}
.evidence li{margin:.2rem 0;padding-left:1rem;position:relative}
.evidence li::before{content:"–";position:absolute;left:0;color:var(--muted)}
.place{color:var(--muted);font-size:.87rem;overflow-wrap:anywhere}
.spot{white-space:nowrap;font-variant-numeric:tabular-nums}
button.spot{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;cursor:copy;text-decoration:underline dotted;text-decoration-color:var(--muted);text-underline-offset:3px}
button.spot:hover{color:var(--link)}
.spot.done{background:var(--mark)}
.timeline{font-size:.9rem;color:var(--muted);max-width:none}
.timeline code{color:var(--ink);overflow-wrap:anywhere}
.copied{position:fixed;left:50%;bottom:1.2rem;transform:translateX(-50%);z-index:2;max-width:min(92vw,60rem);background:var(--ink);color:var(--page);border-radius:8px;padding:.5rem .9rem;font-size:.85rem;overflow-wrap:anywhere;box-shadow:0 2px 12px #0003}
.copied:empty{display:none}
.jump{font-size:.87rem;white-space:nowrap}
.jump::before{content:"→\\a0"}
.unfold{display:none}
.try,.sure{margin:.35rem 0 0 1.9rem;max-width:54rem}
.sure{font-size:.88rem;color:var(--muted)}
.certainty{border:1px solid currentColor;border-radius:4px;padding:0 .4em;margin-right:.3em;white-space:nowrap}
.certainty.high{color:var(--high)}.certainty.medium{color:var(--medium)}.certainty.low{color:var(--low)}
figure{margin:1.3rem 0;max-width:60rem}
figcaption{font-size:.9rem;margin-bottom:.5rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:0 0 .6rem;padding:0;font-size:.85rem}
.legend b{font-weight:500;color:var(--muted);font-variant-numeric:tabular-nums}
.swatch{width:12px;height:12px;vertical-align:-1px;border-radius:2px}
td .beside{display:inline-block;min-width:4.2em}
.meter{width:64px;height:8px;margin-right:.6em;vertical-align:1px}
.chart{display:block;width:100%;height:auto;overflow:visible;font-variant-numeric:tabular-nums}
.narrow{display:none}
.chart text{font-size:12px;fill:var(--ink)}
.chart .tick{font-size:11px;fill:var(--muted)}
.chart .value{fill:var(--ink);paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}
.chart .grid{stroke:var(--rule);stroke-width:1}
.chart .axis,.chart .joint{stroke:var(--muted);stroke-width:1;fill:none}
.chart .joint{stroke-dasharray:2 2}
.chart .reference{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:5 4;fill:none}
.chart .series{stroke:var(--blue);stroke-width:1.5;fill:none}
.track{fill:var(--track)}
.hatch{stroke:var(--hatch);stroke-width:1.6;stroke-linecap:round;fill:none}
.caption{margin:1.4rem 0 .4rem;font-size:.9rem}
.scroll{overflow-x:auto;margin:0 0 .4rem;outline-offset:2px}
table{border-collapse:collapse;width:auto;min-width:min(100%,44rem);font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem 1.1rem .3rem 0;text-align:left;vertical-align:baseline;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
th{font-weight:500;color:var(--muted);border-bottom:1px solid var(--rule);font-size:.82rem}
th a{color:inherit;text-decoration:underline;text-decoration-color:var(--rule);text-underline-offset:3px}
td{border-bottom:1px solid color-mix(in srgb,var(--rule) 55%,transparent)}
tfoot td{border-top:1px solid var(--rule);border-bottom:0;font-weight:600}
.right{text-align:right}
.long{white-space:normal;min-width:17rem;overflow-wrap:anywhere}
td.long{color:var(--muted);line-height:1.35}
td.long code{color:var(--ink)}
.sort{font:inherit;border:0;background:none;color:inherit;cursor:pointer;padding:0 0 0 .25em;opacity:.55}
.sort::after{content:"↕"}
.sort:hover{opacity:1}
[aria-sort=ascending] .sort::after{content:"↑"}
[aria-sort=descending] .sort::after{content:"↓"}
[aria-sort] .sort{opacity:1;color:var(--ink)}
.glossary div,.commands div{padding:.35rem .5rem;margin:0 -.5rem;border-radius:6px}
.glossary div{display:grid;grid-template-columns:12rem 1fr;gap:0 1rem}
.glossary dt,.commands dt{font-weight:600}
.glossary .line{display:block}
.glossary dd,.commands dd{margin:0;max-width:46rem}
.commands dd{color:var(--muted);font-size:.9rem}
.commands dt{overflow-wrap:anywhere;font-weight:400}
:target{background:var(--mark)}
section:target,.findings>li:target{background:none}
.findings>li:target .rank{background:var(--mark);color:var(--ink)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (min-width:60rem){.commands div{display:grid;grid-template-columns:minmax(0,1.6fr) minmax(0,1fr);gap:0 1.5rem;align-items:baseline}}
@media screen and (max-width:46rem){
.fold:not(:has(.unfold input:checked)):not(:has(:target)) :is(tbody tr:nth-child(n+7),.glossary div:nth-child(n+7),.notes p:nth-child(n+3),.commands div:nth-child(n+4),.evidence li:nth-child(n+2),.sure){display:none}
.unfold{display:inline-flex;gap:.5em;align-items:center;padding:.35rem 0;font-size:.88rem;color:var(--link);cursor:pointer}
.fold:has(:target) .unfold{display:none}
body{padding:1rem 1rem 3rem}
h1{font-size:1.5rem}
.wide{display:none}
.narrow{display:block;max-width:30rem}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:.6rem}
.tiles li{padding:.6rem .7rem}
.figure{font-size:1.4rem}
.long{white-space:nowrap;min-width:0}
.glossary div{grid-template-columns:1fr}
.evidence,.try,.sure{padding-left:0;margin-left:0}
.bound{white-space:normal}
}
@media print{
html{font-size:10.5px}
body{max-width:none;padding:0}
nav,.theme,.sort,.copied,.scripted{display:none}
.glossary div,.commands div{margin:0;padding-left:0}
a{color:inherit}
section{padding-top:1.6rem}
h2,h3,figcaption,.caption{break-after:avoid}
figure,.findings>li,.tiles li,tr,.glossary div{break-inside:avoid}
.scroll{overflow:visible}
th,td{white-space:normal;padding-right:.5rem;font-size:.78rem}
.meter{display:none}
td code{overflow-wrap:anywhere}
td:has(>.swatch){white-space:nowrap}
.right{white-space:nowrap}
.long{min-width:0}
rect,path,.tiles li,.rank{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
@page{margin:14mm}
`;
