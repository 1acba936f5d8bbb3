/**
 * The page's whole script: headers that sort, the choice of colours, and commands to copy. The page can be read without it. Plain
 * text, because it runs in a browser and everything else here does not.
 */
export const SCRIPT = `
'use strict';
(function () {
  function valueOf(row, column) {
    var cell = row.cells[column];
    if (!cell) return '';
    var sort = cell.getAttribute('data-sort');
    return sort === null ? cell.textContent.trim() : Number(sort);
  }
  function sortBy(table, column, button) {
    var header = button.closest('th');
    var first = header.classList.contains('right') ? 'descending' : 'ascending';
    var now = header.getAttribute('aria-sort');
    var next = now === null ? first : now === 'ascending' ? 'descending' : 'ascending';
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (one) {
      one.removeAttribute('aria-sort');
    });
    header.setAttribute('aria-sort', next);
    var body = table.tBodies[0];
    var sign = next === 'ascending' ? 1 : -1;
    Array.from(body.rows)
      .map(function (row, i) { return { row: row, value: valueOf(row, column), i: i }; })
      .sort(function (a, b) {
        var order = typeof a.value === 'number' && typeof b.value === 'number'
          ? a.value - b.value
          : String(a.value).localeCompare(String(b.value), 'en', { numeric: true });
        return sign * order || a.i - b.i;
      })
      .forEach(function (one) { body.appendChild(one.row); });
  }
  document.querySelectorAll('table').forEach(function (table) {
    if (table.tBodies[0].rows.length < 2) return;
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header, column) {
      if (header.textContent.trim() === '') return;
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'sort';
      button.title = 'Sort by ' + header.textContent.trim();
      button.setAttribute('aria-label', button.title);
      button.addEventListener('click', function () { sortBy(table, column, button); });
      header.appendChild(button);
    });
  });
  var group = document.querySelector('.theme');
  var buttons = group.querySelectorAll('button');
  group.hidden = false;
  buttons.forEach(function (button) {
    button.addEventListener('click', function () {
      document.documentElement.setAttribute('data-theme', button.getAttribute('data-theme'));
      buttons.forEach(function (one) { one.setAttribute('aria-pressed', String(one === button)); });
    });
  });
  // Without a timeline's page beside the report, a time is a button that copies the command to see it.
  var status = document.querySelector('.copied');
  if (status) {
    document.querySelector('.scripted').hidden = false;
    document.querySelectorAll('span.spot').forEach(function (spot) {
      var button = document.createElement('button');
      var command = spot.title;
      button.type = 'button';
      button.className = 'spot';
      button.title = 'Copy: ' + command;
      button.textContent = spot.textContent;
      button.addEventListener('click', function () { copy(command, button); });
      spot.replaceWith(button);
    });
  }
  var shown;
  function copy(command, button) {
    function tell(text, done) {
      status.textContent = text + command;
      clearTimeout(shown);
      document.querySelectorAll('.spot.done').forEach(function (one) { one.classList.remove('done'); });
      if (done) button.classList.add('done');
      shown = setTimeout(function () {
        status.textContent = '';
        button.classList.remove('done');
      }, 6000);
    }
    var clipboard = navigator.clipboard;
    if (!clipboard) return tell('To copy: ', false);
    clipboard.writeText(command).then(
      function () { tell('Copied: ', true); },
      function () { tell('To copy: ', false); }
    );
  }
})();
`;
