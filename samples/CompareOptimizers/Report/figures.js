'use strict';
// Draws the figures of the page: each is JSON behind its element, with colours by name.
// Asked once and listened to from then on: where a browser is asked in between, Chromium 156 drops the event of that change.
const dark = matchMedia('(prefers-color-scheme: dark)');
let scheme = dark.matches ? 'dark' : 'light';
const figures = [...document.querySelectorAll('.figure')];

function withColours(json) {
  const tones = theme.colours[scheme];
  return JSON.parse(json.replace(/"@(\w+)"/g, (_, name) => JSON.stringify(tones[name])));
}

function draw(figure) {
  const { data, layout } = withColours(figure.nextElementSibling.textContent);
  layout.template = withColours(JSON.stringify(theme.template));
  layout.uirevision = 'kept'; // what the reader has switched off stays off in the other scheme
  return Plotly.react(figure, data, layout, { responsive: true, displaylogo: false, modeBarButtonsToRemove: ['select2d', 'lasso2d'] });
}

// The pictures of the page: a name and the SVG of each of its figures.
async function pictures() {
  await drawn;
  const all = [];
  for (const figure of figures) {
    const { picture, width, height } = figure.dataset;
    const image = await Plotly.toImage(figure, { format: 'svg', width: +width, height: +height });
    all.push({ picture, width: +width, height: +height, svg: decodeURIComponent(image.slice(image.indexOf(',') + 1)) });
  }
  return all;
}

let drawn = Promise.all(figures.map(draw));
dark.addEventListener('change', change => {
  scheme = change.matches ? 'dark' : 'light';
  drawn = Promise.all(figures.map(draw));
});
