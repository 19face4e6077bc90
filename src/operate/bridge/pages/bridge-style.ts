/** What the pages of the bridge add to the style of the dashboard. Colours are the dashboard's. */
export const bridgeStyle = `
.bridge{margin:0 0 1.25rem;padding:.8rem 1rem;border:1px solid var(--line);border-left:.35rem solid var(--accent);border-radius:.6rem;background:var(--card)}
.bridge.moved{border-left-color:var(--warn)}
.panel{margin:1.1rem 0;padding:1.1rem 1.25rem;border:1px solid var(--line);border-radius:.8rem;background:var(--card)}
.panel.stop{border-left:.35rem solid var(--stop)}.panel.warn{border-left:.35rem solid var(--warn)}.panel.done{border-left:.35rem solid var(--done)}
.panel h2{font-size:1.1rem;margin:0 0 .5rem}
.lead{font-size:1.1rem}
.plain{margin:.35rem 0;padding-left:1.2rem}
.buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:.6rem 0;padding:0;list-style:none}
.buttons a,button{display:inline-block;padding:.4rem .85rem;border:1px solid var(--quiet);border-radius:.5rem;background:var(--card);color:var(--ink);font:inherit;text-decoration:none;cursor:pointer}
.buttons a:hover,button:hover{border-color:var(--accent);color:var(--accent)}
button.main{background:var(--accent);border-color:var(--accent);color:var(--card);font-weight:600}
button.main:hover{color:var(--card);filter:brightness(1.1)}
.form{display:grid;gap:1rem;max-width:38rem}
.form label{display:block;font-weight:600}
.form .hint{display:block;color:var(--quiet);font-size:.9rem}
.form input[type=text],.form select,.form textarea{width:100%;padding:.45rem .6rem;border:1px solid var(--quiet);border-radius:.45rem;background:var(--ground);color:var(--ink);font:inherit}
.form .check{display:flex;gap:.5rem;align-items:baseline;font-weight:400}
.form [aria-invalid=true]{border-color:var(--stop);border-width:2px}
.change{margin-top:1.25rem;padding-top:1rem;border-top:1px solid var(--line)}
.schedule{margin:.75rem 0;padding:.9rem 1rem;border:1px solid var(--line);border-radius:.6rem;background:var(--ground)}
.schedule .fields{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}
.schedule label{font-weight:600}
.schedule input[type=text]{display:block;width:15rem;max-width:100%;padding:.4rem .55rem;border:1px solid var(--quiet);border-radius:.45rem;background:var(--card);color:var(--ink);font:inherit}
.schedule input[readonly]{color:var(--quiet)}
.track{position:relative;height:4.4rem;margin:.6rem .75rem;touch-action:none;user-select:none}
.track .line{position:absolute;left:0;right:0;top:1.6rem;height:.7rem;border-radius:.35rem;background:var(--track)}
.track .span{position:absolute;top:1.6rem;height:.7rem;border-radius:.35rem;background:var(--accent)}
.track .now{position:absolute;top:.9rem;height:2.1rem;border-left:2px dashed var(--quiet)}
.track .handle{position:absolute;top:1.15rem;width:1.6rem;height:1.6rem;margin-left:-.8rem;padding:0;border:3px solid var(--card);border-radius:50%;background:var(--accent);box-shadow:0 0 0 1px var(--accent);cursor:grab}
.track .handle:active{cursor:grabbing}
.track .mark{position:absolute;top:3rem;transform:translateX(-50%);font-size:.8125rem;color:var(--quiet);white-space:nowrap}
.track .mark.first{transform:none}.track .mark.last{transform:translateX(-100%)}
.diff{overflow-x:auto;white-space:pre;font-size:.85rem;line-height:1.45;user-select:text}
.diff .add{color:var(--done)}.diff .del{color:var(--stop)}.diff .at{color:var(--quiet)}
.was{color:var(--quiet)}
.curve{display:block;width:100%;max-width:46rem;height:auto}
.curve .axis{stroke:var(--quiet);fill:none}.curve .grid{stroke:var(--line)}
.curve text{fill:var(--quiet);font-size:13px}
.curve .was-line{fill:none;stroke:var(--quiet);stroke-width:2.5;stroke-dasharray:7 5}
.curve .is-line{fill:none;stroke:var(--accent);stroke-width:3}
.key{display:flex;flex-wrap:wrap;gap:1.25rem;margin:.25rem 0;padding:0;list-style:none}
.key span{display:inline-block;width:2rem;margin-right:.4rem;border-top:3px solid var(--accent);vertical-align:middle}
.key .was-key{border-top:3px dashed var(--quiet)}
`;
