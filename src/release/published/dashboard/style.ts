/** The style sheet of the dashboard. All colours keep a contrast of at least 4.5 to 1, in both schemes. */
export const dashboardStyle = `
:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--ink:#17202b;--quiet:#525e6d;--line:#dce1e8;--accent:#1256b8;--track:#dfe5ec;--done:#17713c;--warn:#8a4b00;--stop:#a8200d;--warn-ground:#fdf1dc;--stop-ground:#fde9e6;--done-ground:#e4f4ea;--accent-ground:#e5effc;--quiet-ground:#e9edf2}
@media (prefers-color-scheme:dark){:root{--ground:#0f141a;--card:#182029;--ink:#e6ebf1;--quiet:#a5b1bf;--line:#2d3844;--accent:#85b8ff;--track:#33404e;--done:#6fcf97;--warn:#f0b765;--stop:#ff9a8a;--warn-ground:#38290f;--stop-ground:#401d19;--done-ground:#15321f;--accent-ground:#17304f;--quiet-ground:#242f3a}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:76rem;padding:1.75rem 1.5rem 3rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{margin:0;font-size:1.7rem;line-height:1.2;letter-spacing:-.015em}
h2{margin:0 0 .75rem;font-size:1.3rem;line-height:1.25}
h3{margin:0 0 .5rem;font-size:1rem}
h3 code{font-weight:400}
h4{margin:1rem 0 .25rem;font-size:.9375rem}
p{margin:.35rem 0}
a{color:var(--accent);text-underline-offset:.15em}
code,.version{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{font-size:.875em}
time{white-space:nowrap}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:.2rem}
.quiet{color:var(--quiet);font-weight:400}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;z-index:1;background:var(--card);padding:.5rem .75rem}
#publication{color:var(--quiet)}
#publication.late{padding:.6rem .9rem;border-left:.3rem solid var(--stop);border-radius:.4rem;background:var(--stop-ground);color:var(--stop)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.75rem;margin:1.1rem 0;padding:0;list-style:none}
.tiles a{display:flex;flex-direction:column;gap:.2rem;height:100%;padding:.8rem 1rem;border:1px solid var(--line);border-radius:.7rem;background:var(--card);color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--accent)}
.tiles strong{font-size:1.05rem}
.card{margin:0 0 1.25rem;padding:1.25rem 1.4rem;border:1px solid var(--line);border-radius:.8rem;background:var(--card)}
.card.bad{border-left:.35rem solid var(--stop)}
.card.slow{border-left:.35rem solid var(--warn)}
.card.good{border-left:.35rem solid var(--done)}
.card.good h2,.card.slow h2,.card.bad h2{margin-bottom:.25rem;font-size:1.1rem}
.card.bad h2{color:var(--stop)}
.card.good h2{margin:0;color:var(--done)}
.card.bad h3,.card.slow h3{margin:.75rem 0 0;color:var(--warn)}
.halves{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:.5rem 2.5rem;margin-bottom:1rem}
.halves>div:empty{display:none}
.halves>div:only-child,.halves>div:first-child:has(+div:empty){grid-column:1/-1;max-width:40rem}
.halves.graphs{grid-template-columns:minmax(0,25rem) minmax(0,1fr)}
.rollout{margin-bottom:1.25rem}
.badge{display:inline-block;padding:.05rem .55rem;border-radius:1rem;font-size:.8125rem;font-weight:600;white-space:nowrap;color:var(--quiet);background:var(--quiet-ground)}
.badge.in-progress,.badge.scheduled{color:var(--accent);background:var(--accent-ground)}
.badge.complete,.badge.green{color:var(--done);background:var(--done-ground)}
.badge.held,.badge.barrier,.badge.untested,.badge.not-offered,.badge.paused,.badge.urgent,.badge.rolled-back,.badge.waiting{color:var(--warn);background:var(--warn-ground)}
.badge.dead-end,.badge.withdrawn,.badge.stopped,.badge.halted,.badge.red{color:var(--stop);background:var(--stop-ground)}
.problems,.notes,.events,.releases,.gates{margin:.25rem 0;padding:0;list-style:none}
.problems li,.notes li,.events li,.releases li,.gates li{padding:.45rem 0}
.problems li+li,.notes li+li,.events li+li,.releases li+li,.gates li+li{border-top:1px solid var(--line)}
.releases .image{display:block;color:var(--quiet);font-size:.875rem}
.events{font-size:.9375rem}
.events time{color:var(--quiet);font-variant-numeric:tabular-nums;margin-right:.4rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{padding-bottom:.4rem;text-align:left;font-weight:600}
th,td{padding:.5rem .9rem .5rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th{border-top:0;font-weight:600}
thead .quiet{display:block;font-size:.8125rem}
td code,th code{font-size:.8125rem}
tbody td code{overflow-wrap:normal}

.update{display:inline-flex;gap:.35em;color:var(--done)}
.stuck{color:var(--stop);font-weight:600}
details{border-top:1px solid var(--line);padding:.55rem 0}
details[open]>summary{margin-bottom:.5rem}
summary{cursor:pointer;font-weight:600}
pre{margin:.35rem 0;padding:.7rem .85rem;border:1px solid var(--line);border-radius:.5rem;background:var(--ground);white-space:pre-wrap;user-select:all}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;align-items:center;margin:.35rem 0}
dd{margin:0}
dt .quiet{display:block;font-size:.8125rem}
footer{color:var(--quiet);font-size:.875rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{fill:var(--quiet);font-size:11px}
svg .end{text-anchor:end}
svg path{fill:none}
.curve{max-width:36rem;margin:.25rem 0 .5rem;--hue:var(--accent)}
.curve.complete{--hue:var(--done)}
.curve.paused,.curve.held{--hue:var(--warn)}
.curve.halted{--hue:var(--stop)}
.curve .grid{stroke:var(--line)}
.curve .area{fill:var(--hue);opacity:.12}
.curve .plan{stroke:var(--hue);stroke-width:2.25;stroke-linejoin:round}
.curve .flat{stroke:var(--hue);stroke-width:2.25;stroke-dasharray:3 4}
.curve .marks{stroke:var(--card);stroke-width:8;stroke-linecap:round}
.curve .points{stroke:var(--hue);stroke-width:5;stroke-linecap:round}
.curve .hollow{stroke:var(--card);stroke-width:2.5;stroke-linecap:round}
.curve .seen{stroke:var(--ink);stroke-width:2.5;stroke-dasharray:1 5;stroke-linecap:round}
.curve .now path{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:4 3}
.curve .now text{fill:var(--ink)}
.bar{height:.6rem;margin:.4rem 0 .5rem;overflow:hidden;border-radius:.3rem;max-width:36rem;--hue:var(--accent)}
.bar.complete{--hue:var(--done)}
.bar.paused,.bar.held{--hue:var(--warn)}
.bar.halted{--hue:var(--stop)}
.bar path{stroke-width:3}
.bar .track{stroke:var(--track)}
.bar .full{stroke:var(--hue)}
.graph{max-width:28rem}
.graph .axis{stroke:var(--line);stroke-width:2}
.graph .edge{stroke:var(--done);stroke-width:1.75}
.graph .edge.some{stroke:var(--accent)}
.graph .edge.none{stroke:var(--quiet);stroke-dasharray:3 4}
.graph .head{fill:var(--done)}
.graph .head.some{fill:var(--accent)}
.graph .head.none{fill:var(--quiet)}
.graph .version{fill:var(--ink);font-size:12.5px}
.graph .dot{fill:var(--card);stroke:var(--ink);stroke-width:2}
.graph .dot.newest{fill:var(--ink)}
.graph .dot.withdrawn{stroke:var(--stop);stroke-dasharray:2 2}
.graph .dot.paused{stroke:var(--warn);stroke-dasharray:2 2}
.graph .gate{stroke:var(--warn);stroke-width:3;stroke-linecap:round}
.graph .cross{stroke:var(--stop);stroke-width:2.5}
.graph text.barrier,.graph text.paused{fill:var(--warn)}
.graph text.dead-end,.graph text.withdrawn{fill:var(--stop)}
.graph .hit{fill:transparent}
.graph .row:hover .version,.graph .row:focus .version{text-decoration:underline}
.graph .row:hover .hit{fill:var(--quiet-ground)}
.graph .row:focus-visible{outline:none}
.graph .row:focus-visible .hit{stroke:var(--accent);stroke-width:2}
.graph .way{display:none;pointer-events:none;fill:none;stroke:var(--accent);stroke-width:3.5}
.graph .way:target{display:inline}
@media (max-width:44rem){
body{padding:1rem .75rem 2rem}
.card{padding:1rem .9rem}
.halves,.halves.graphs{grid-template-columns:minmax(0,1fr)}
dl{grid-template-columns:minmax(0,1fr)}
table,caption,tbody,tr,th,td{display:block;width:100%}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tbody th{padding-bottom:0;font-weight:600}
tbody td{border-top:0;padding:.1rem 0 .1rem .9rem}
tbody tr{padding-bottom:.4rem}
td::before{content:attr(data-label) ": ";color:var(--quiet)}
}
@media print{.card{break-inside:avoid}}
`;
