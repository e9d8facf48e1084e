// Line charts as SVG: a number of series over the last ten minutes, each with its latest value.

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 150;
const LEFT = 46;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
const LONGEST_MS = 600_000;
const SHORTEST_MS = 60_000;

function svg(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

/** The least of 1, 2 and 5 times a power of ten that is not below the value. */
function roundUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(factor => factor * power).find(top => top >= value * 0.999);
}

function clockTime(ms) {
  return new Date(ms).toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', second: '2-digit'});
}

export class Chart {
  /** @param series of {key, name, look} @param format makes a text of a value */
  constructor(parent, title, series, format) {
    this.title = title;
    this.series = series;
    this.format = format;
    this.samples = [];
    this.cursor = null;
    this.width = 480;
    this.span = SHORTEST_MS;
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    caption.textContent = title;
    this.legend = document.createElement('ul');
    this.legend.className = 'legend';
    this.root = svg('svg', {
      class: 'chart', preserveAspectRatio: 'none', role: 'img', tabindex: '0',
    });
    figure.append(caption, this.legend, this.root);
    parent.append(figure);
    this.entries = series.map(({name, look}) => {
      const item = document.createElement('li');
      const mark = document.createElement('i');
      mark.className = look;
      const value = document.createElement('span');
      item.append(mark, value);
      this.legend.append(item);
      return {name, value};
    });
    this.lines = svg('g', {}, this.root);
    this.labels = [0, 0.5, 1].map(part => ({
      part,
      grid: svg('line', {class: 'grid', x1: LEFT}, this.lines),
      text: svg('text', {x: LEFT - 6, 'text-anchor': 'end'}, this.lines),
    }));
    this.times = [0, 1].map(part => svg('text', {
      x: LEFT, y: HEIGHT - 5, 'text-anchor': part ? 'end' : 'start',
    }, this.lines));
    this.paths = series.map(({look}) => svg('path', {class: look}, this.root));
    this.mark = svg('line', {class: 'cursor', y1: TOP, y2: HEIGHT - BOTTOM, visibility: 'hidden'}, this.root);
    this.root.addEventListener('pointermove', event => this.point(event));
    this.root.addEventListener('pointerleave', () => this.show(null));
    this.root.addEventListener('blur', () => this.show(null));
    this.root.addEventListener('keydown', event => this.step(event));
  }

  point(event) {
    const box = this.root.getBoundingClientRect();
    const at = this.from + (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT) * this.span;
    let nearest = null;
    this.samples.forEach((sample, i) => {
      if (nearest === null || Math.abs(sample.at - at) < Math.abs(this.samples[nearest].at - at)) nearest = i;
    });
    this.show(nearest);
  }

  step(event) {
    const by = {ArrowLeft: -1, ArrowRight: 1, PageUp: -60, PageDown: 60}[event.key];
    if (event.key === 'Escape') this.show(null);
    if (!by || !this.samples.length) return;
    event.preventDefault();
    const last = this.samples.length - 1;
    this.show(Math.max(0, Math.min(last, (this.cursor ?? last) + by)));
  }

  /** Shows the values of one sample; of the last one for null. */
  show(index) {
    this.cursor = index;
    this.tell();
  }

  update(samples) {
    const gone = this.samples.length ? samples.findIndex(sample => sample.at >= this.samples[0].at) : 0;
    if (this.cursor !== null && gone >= 0) this.cursor = Math.min(this.cursor, samples.length - 1);
    this.samples = samples;
    const last = samples.length ? samples[samples.length - 1].at : Date.now();
    const first = samples.length ? samples[0].at : last;
    this.span = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, last - first));
    this.from = last - this.span;
    this.width = this.root.clientWidth || this.width;
    const right = this.width - RIGHT;
    this.root.setAttribute('viewBox', `0 0 ${this.width} ${HEIGHT}`);
    let most = 0;
    for (const sample of samples) {
      for (const {key} of this.series) if (sample[key] > most) most = sample[key];
    }
    const top = roundUp(most);
    const x = at => LEFT + (at - this.from) / this.span * (right - LEFT);
    const y = value => HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    this.series.forEach(({key}, i) => {
      let path = '';
      let isDrawing = false;
      for (const sample of samples) {
        const value = sample[key];
        if (value === undefined || value === null || sample.at < this.from) {
          isDrawing = false;
        } else {
          path += `${isDrawing ? 'L' : 'M'}${x(sample.at).toFixed(1)} ${y(value).toFixed(1)}`;
          isDrawing = true;
        }
      }
      this.paths[i].setAttribute('d', path);
    });
    for (const {part, grid, text} of this.labels) {
      const at = y(part * top);
      grid.setAttribute('y1', at);
      grid.setAttribute('y2', at);
      grid.setAttribute('x2', right);
      text.setAttribute('y', at + 4);
      text.textContent = part === 0.5 && top < 2 ? '' : this.format(part * top);
    }
    this.times[0].textContent = clockTime(this.from);
    this.times[1].textContent = clockTime(last);
    this.times[1].setAttribute('x', right);
    this.x = x;
    this.tell();
  }

  tell() {
    const sample = this.samples[this.cursor ?? this.samples.length - 1] ?? {};
    const values = this.entries.map(({name}, i) => {
      const value = sample[this.series[i].key];
      return `${name} ${value === undefined || value === null ? '–' : this.format(value)}`;
    });
    values.forEach((text, i) => { this.entries[i].value.textContent = text; });
    this.root.setAttribute('aria-label',
        `${this.title}${sample.at ? ` at ${clockTime(sample.at)}` : ''}: ${values.join(', ')}. Arrow keys move through time.`);
    this.mark.setAttribute('visibility', this.cursor === null ? 'hidden' : 'visible');
    if (this.cursor !== null) {
      this.mark.setAttribute('x1', this.x(sample.at));
      this.mark.setAttribute('x2', this.x(sample.at));
    }
  }
}
