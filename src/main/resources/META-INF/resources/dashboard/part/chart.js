/** Charts of the last hour, in SVG. Each says its newest values and its greatest in words, too. */
import {html} from '../html.js';
import {number} from './words.js';

const WIDTH = 600;
const HEIGHT = 140;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Props: `title`, `minutes` of system.history, `lines`: [{name, of(minute)}, …], `until` in ms. */
export function Chart({title, minutes, lines, until}) {
  const most = Math.max(1, ...minutes.flatMap(minute => lines.map(line => line.of(minute))));
  const x = minute => WIDTH - (until - minute.from) / HOUR * WIDTH;
  const y = value => HEIGHT - value / most * HEIGHT;
  const last = minutes.at(-1);
  const summary = last
    ? `${lines.map(line => `${line.name} ${number(line.of(last))}`).join(', ')} in the last minute; the greatest value is ${number(most)}`
    : 'no minute is over yet';
  return html`<figure class="chart">
    <figcaption><h2>${title}</h2>
      <ul class="legend">${lines.map((line, i) => html`<li class="line-${i}">${line.name} <strong>${last ? number(line.of(last)) : '–'}</strong></li>`)}</ul>
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT + 18}" role="img" aria-label="${title}: ${summary}">
      <line class="axis" x1="0" y1=${HEIGHT} x2=${WIDTH} y2=${HEIGHT} />
      <line class="axis faint" x1="0" y1="0" x2=${WIDTH} y2="0" />
      <text x="2" y="12">${number(most)}</text>
      <text x="0" y=${HEIGHT + 15}>1 h ago</text>
      <text x=${WIDTH} y=${HEIGHT + 15} text-anchor="end">now</text>
      ${lines.map((line, i) => html`<path class="line line-${i}" d=${path(minutes, x, minute => y(line.of(minute)))} />`)}
    </svg>
  </figure>`;
}

/** A line that is broken where minutes are missing. */
function path(minutes, x, y) {
  return minutes.map((minute, i) => {
    const continues = i > 0 && minute.from - minutes[i - 1].from === MINUTE;
    // a minute without neighbours is drawn as a dot
    return `${continues ? 'L' : 'M'}${x(minute).toFixed(1)},${y(minute).toFixed(1)}${continues ? '' : 'h0.1'}`;
  }).join('');
}
