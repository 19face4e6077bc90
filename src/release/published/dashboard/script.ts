/**
 * The page's own script; without it the page lacks nothing but this: it turns red if a publication is overdue, moves
 * the line of now, says times in the reader's zone, and reads out the way of a chosen node.
 */
export const dashboardScript = `'use strict';
(function () {
  var publication = document.getElementById('publication');
  function tick() {
    var now = Date.now() / 1000;
    var late = publication && Number(publication.dataset.late);
    if (late && now > late) {
      publication.classList.add('late');
      publication.querySelector('[hidden]')?.removeAttribute('hidden');
    }
    document.querySelectorAll('svg.curve').forEach(function (curve) {
      var line = curve.querySelector('.now');
      var share = (now - curve.dataset.from) / (curve.dataset.to - curve.dataset.from);
      if (!line || !(share >= 0 && share <= 1)) return;
      line.setAttribute('transform', 'translate(' + (38 + 350 * share).toFixed(1) + ' 0)');
      var text = line.querySelector('text');
      text.textContent = 'now';
      text.setAttribute('class', share > 0.5 ? 'end' : '');
    });
  }
  function choose() {
    var way = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!way || !way.dataset.version) return;
    var said = way.closest('div').querySelector('.chosen');
    var steps = [];
    for (var next = way; next.dataset.next; ) {
      next = document.getElementById(next.dataset.next);
      steps.push(next.dataset.version);
    }
    said.textContent = steps.length === 0
      ? 'A node on ' + way.dataset.version + ' stays there.'
      : 'Way of a node on ' + way.dataset.version + ': ' + steps.join(', then ') + '.';
  }
  document.querySelectorAll('.chosen').forEach(function (said) { said.setAttribute('aria-live', 'polite'); });
  document.querySelectorAll('time').forEach(function (time) {
    var moment = new Date(time.dateTime);
    if (!isNaN(moment)) time.title = moment.toLocaleString();
  });
  tick();
  choose();
  addEventListener('hashchange', choose);
  setInterval(tick, 30000);
})();
`;
