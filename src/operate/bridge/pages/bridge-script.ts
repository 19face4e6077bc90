/**
 * Runs in the browser, on the page of all fleets. It adds what forms alone cannot do: handles on the schedule of each
 * rollout, by pointer or by arrow keys, and a word when somebody else changes the state. Without it everything works by
 * the fields.
 */
export const bridgeScript = `
'use strict';
for (const form of document.querySelectorAll('form.schedule')) addTrack(form);

function addTrack(form) {
  const now = Number(form.dataset.now), begun = 'begun' in form.dataset;
  const times = { start: Number(form.dataset.start), end: Number(form.dataset.end) };
  const fields = { start: form.elements.namedItem('start'), end: form.elements.namedItem('end') };
  const from = Math.min(now, times.start);
  const until = Math.max(times.end, now) + Math.max(times.end - from, 7200);
  const track = make('div', 'track'), span = make('div', 'span'), today = make('div', 'now');
  track.append(make('div', 'line'), span, today);
  const left = (time) => ((time - from) / (until - from)) * 100;
  today.style.left = left(now) + '%';
  mark(now, 'now', left(now) < 5 ? 'first' : '');
  mark(until, show(until), 'last');
  const handles = { end: handle('end', 'End') };
  if (!begun) handles.start = handle('start', 'Start');
  form.prepend(track);
  for (const name of ['start', 'end']) {
    fields[name].addEventListener('change', () => {
      const typed = Date.parse(fields[name].value) / 1000;
      if (!Number.isNaN(typed)) { times[name] = typed; draw(); }
    });
  }
  draw();

  function handle(name, label) {
    const button = make('button', 'handle');
    button.type = 'button';
    button.setAttribute('role', 'slider');
    button.setAttribute('aria-label', label + ' of the rollout');
    button.setAttribute('aria-valuemin', String(Math.ceil(now)));
    button.setAttribute('aria-valuemax', String(until));
    track.append(button);
    button.addEventListener('pointerdown', (event) => {
      button.setPointerCapture(event.pointerId);
      const move = (moved) => {
        const box = track.getBoundingClientRect();
        set(name, from + ((moved.clientX - box.left) / box.width) * (until - from));
      };
      button.addEventListener('pointermove', move);
      button.addEventListener('pointerup', () => button.removeEventListener('pointermove', move), { once: true });
      button.addEventListener('pointercancel', () => button.removeEventListener('pointermove', move), { once: true });
    });
    button.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 900, ArrowUp: 900, ArrowLeft: -900, ArrowDown: -900, PageUp: 21600, PageDown: -21600 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      set(name, times[name] + step);
    });
    return button;
  }

  function set(name, wanted) {
    const rounded = Math.round(wanted / 300) * 300;
    const least = name === 'start' ? Math.ceil(now / 300) * 300 : Math.max(times.start, now) + 300;
    const most = name === 'start' ? times.end - 300 : until;
    times[name] = Math.min(Math.max(rounded, least), most);
    fields[name].value = iso(times[name]);
    draw();
  }

  function draw() {
    span.style.left = left(times.start) + '%';
    span.style.width = Math.max(0, left(times.end) - left(times.start)) + '%';
    for (const name of Object.keys(handles)) {
      handles[name].style.left = left(times[name]) + '%';
      handles[name].setAttribute('aria-valuenow', String(Math.round(times[name])));
      handles[name].setAttribute('aria-valuetext', show(times[name]));
    }
  }

  function mark(time, text, place) {
    const label = make('span', 'mark ' + place);
    label.textContent = text;
    label.style.left = left(time) + '%';
    track.append(label);
  }
}

function make(tag, name) {
  const element = document.createElement(tag);
  element.className = name.trim();
  return element;
}
function iso(time) { return new Date(time * 1000).toISOString().slice(0, 16) + 'Z'; }
function show(time) { return iso(time).replace('T', ' ').replace('Z', ' UTC'); }

const banner = document.getElementById('bridge');
if (banner !== null) {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(banner.dataset.head, { headers: { accept: 'application/json' } });
      const { commit } = await response.json();
      if (commit === banner.dataset.commit) return;
      document.getElementById('bridge-news').textContent = 'Somebody changed the state. Load this page again to see it.';
      banner.classList.add('moved');
      clearInterval(timer);
    } catch {
      document.getElementById('bridge-news').textContent = 'The bridge does not answer. Start it again.';
      banner.classList.add('moved');
    }
  }, 20000);
}
`;
