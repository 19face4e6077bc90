/** The style sheet of the dashboard. All colours keep a contrast of at least 4.5 to 1, in both schemes. */
export const dashboardStyle = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#17202b;--quiet:#566373;--line:#dce1e8;--accent:#1256b8;--track:#e3e8ef;--done:#17713c;--warn:#8a4b00;--stop:#a8200d;--warn-ground:#fdf1dc;--stop-ground:#fde9e6;--done-ground:#e4f4ea;--accent-ground:#e5effc}
@media (prefers-color-scheme:dark){:root{--ground:#10151b;--card:#19212a;--ink:#e6ebf1;--quiet:#9eabba;--line:#2d3844;--accent:#7db4ff;--track:#2b3644;--done:#6fcf97;--warn:#f0b765;--stop:#ff9a8a;--warn-ground:#38290f;--stop-ground:#401d19;--done-ground:#15321f;--accent-ground:#17304f}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1.25rem 3rem;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{margin:0;font-size:1.75rem;letter-spacing:-.01em}
h2{margin:0 0 1rem;font-size:1.35rem}
h3{margin:0 0 .5rem;font-size:1rem}
p{margin:.35rem 0}
a{color:var(--accent)}
code{font:.875em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.quiet{color:var(--quiet);font-weight:400}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem .75rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.75rem;margin:1.25rem 0 1.75rem;padding:0;list-style:none}
.tiles a{display:flex;flex-direction:column;gap:.15rem;align-items:flex-start;height:100%;padding:.8rem 1rem;border:1px solid var(--line);border-radius:.6rem;background:var(--card);color:inherit;text-decoration:none}
.tiles a:hover{border-color:var(--accent)}
.fleet{margin:0 0 1.5rem;padding:1.25rem 1.35rem;border:1px solid var(--line);border-radius:.8rem;background:var(--card)}
.rollout{margin-bottom:1.25rem}
.bar{height:.7rem;border-radius:.35rem;background:var(--track);overflow:hidden}
.bar span{display:block;height:100%;border-radius:.35rem;background:var(--accent)}
.bar.full span{background:var(--done)}
.bar.still span{background:var(--warn)}
.badge{display:inline-block;padding:.05rem .55rem;border-radius:1rem;font-size:.8125rem;font-weight:600;white-space:nowrap;color:var(--quiet);background:var(--track)}
.badge.in-progress,.badge.scheduled{color:var(--accent);background:var(--accent-ground)}
.badge.complete{color:var(--done);background:var(--done-ground)}
.badge.held,.badge.barrier,.badge.untested,.badge.not-offered,.badge.paused,.badge.urgent,.badge.rolled-back{color:var(--warn);background:var(--warn-ground)}
.badge.dead-end,.badge.withdrawn,.badge.stopped{color:var(--stop);background:var(--stop-ground)}
.scroll{overflow-x:auto;margin:0 0 1.25rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{padding-bottom:.4rem;text-align:left;font-weight:600}
th,td{padding:.5rem .75rem .5rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th{border-top:0;font-weight:600}
thead .quiet,tbody th .quiet{display:block;font-size:.8125rem}
td code,th code{font-size:.8125rem;overflow-wrap:normal}
th[scope=row]{min-width:13rem}
td{min-width:11rem}
.update{color:var(--done)}
.stuck{color:var(--stop);font-weight:600}
.notices{margin:0 0 1.25rem;padding:.35rem .9rem;list-style:none;border:1px solid var(--line);border-left:.3rem solid var(--warn);border-radius:.5rem;background:var(--ground)}
.notices li{padding:.35rem 0;overflow-wrap:anywhere}
.notices li+li{border-top:1px solid var(--line)}
.landmarks,.releases{padding:0;list-style:none;margin:0 0 1rem}
.landmarks li,.releases li{padding:.4rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.releases .image{display:block;color:var(--quiet);font-size:.875rem}
details{margin-top:.75rem;border-top:1px solid var(--line);padding:.6rem 0 0}
details[open] summary{margin-bottom:.5rem}
summary{cursor:pointer;font-weight:600}
pre{margin:.35rem 0;padding:.7rem .85rem;border:1px solid var(--line);border-radius:.5rem;background:var(--ground);overflow-x:auto;user-select:all}
pre code{overflow-wrap:normal}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;align-items:center;margin:.35rem 0}
dd{margin:0}
dt .quiet{display:block;font-size:.8125rem}
footer{color:var(--quiet);font-size:.875rem}
@media (max-width:36rem){dl{grid-template-columns:minmax(0,1fr)}}
`;
