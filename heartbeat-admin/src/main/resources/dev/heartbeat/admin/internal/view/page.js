import {Chart} from './charts.js';

const KEPT = 600;
const EVENTS = 100;
const PAGE = 50;

const get = id => document.getElementById(id);
const number = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', {notation: 'compact', maximumSignificantDigits: 3});

const count = value => value < 100_000 ? number.format(Math.round(value * 10) / 10) : short.format(value);
function time(micros) {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (micros < 1_000_000) return `${+(micros / 1000).toPrecision(3)} ms`;
  return `${+(micros / 1_000_000).toPrecision(3)} s`;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// ---- asking the server

let token = sessionStorage.getItem('heartbeat-token');
let signingIn = null;

/** Asks for a token until the server takes it. */
function signIn(message) {
  signingIn ??= new Promise(resolve => {
    get('sign-in-result').textContent = message;
    const form = get('sign-in-form');
    const dialog = get('sign-in');
    dialog.showModal();
    form.onsubmit = () => {
      token = get('token').value;
      sessionStorage.setItem('heartbeat-token', token);
      get('token').value = '';
      signingIn = null;
      resolve();
    };
    dialog.oncancel = event => event.preventDefault();
  });
  return signingIn;
}

async function ask(path, options = {}) {
  for (;;) {
    const used = token;
    const headers = {...options.headers};
    if (used) headers.Authorization = `Bearer ${used}`;
    const response = await fetch(path, {...options, headers, cache: 'no-store'});
    if (response.status !== 401) return response;
    if (used === token) await signIn(used ? 'The server does not take this token.' : '');
  }
}

/** The JSON of an answer; throws what the server said of an error. */
async function json(path, options) {
  const response = await ask(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

// ---- now, and the last ten minutes

const TILES = [
  ['online', 'Online', count], ['suspect', 'Suspect', count], ['offline', 'Offline, still known', count],
  ['connections', 'Connections', count], ['channels', 'Channels', count],
  ['heartbeats', 'Heartbeats / s', count], ['received', 'Messages in / s', count],
  ['sent', 'Messages out / s', count], ['rttP99', 'RTT p99', time],
];
const tiles = TILES.map(([key, name, format]) => {
  const tile = element('div');
  const value = element('dd', '–');
  value.dataset.key = key;
  tile.append(element('dt', name), value);
  get('tiles').append(tile);
  return {key, value, format};
});

const charts = [
  ['Nodes online', [{key: 'online', name: 'online', look: 'online'}], count],
  ['Nodes in trouble', [
    {key: 'suspect', name: 'suspect', look: 'suspect'},
    {key: 'offline', name: 'offline, still known', look: 'offline dashed'}], count],
  ['Heartbeats per second', [{key: 'heartbeats', name: 'heartbeats', look: 'online'}], count],
  ['Messages per second', [
    {key: 'received', name: 'in', look: 'online'}, {key: 'sent', name: 'out', look: 'other dashed'}], count],
  ['Round-trip time', [
    {key: 'rttP50', name: 'p50', look: 'online'}, {key: 'rttP99', name: 'p99', look: 'other dashed'}], time],
  ['Detection of dead nodes, since the start', [
    {key: 'detectionP50', name: 'p50', look: 'online'},
    {key: 'detectionP99', name: 'p99', look: 'other dashed'}], time],
].map(([title, series, format]) => new Chart(get('charts'), title, series, format));

let samples = [];

function showSample(sample) {
  for (const {key, value, format} of tiles) {
    value.textContent = sample[key] === undefined || sample[key] === null ? '–' : format(sample[key]);
  }
  const state = get('state');
  state.textContent = sample.state.toLowerCase();
  state.className = `pill ${sample.state === 'RUNNING' ? 'good' : 'bad'}`;
  showAlerts(sample);
  if (!document.hidden) charts.forEach(chart => chart.update(samples));
}

let alerts = '';

function showAlerts(sample) {
  const texts = [];
  if (sample.massGuard) {
    texts.push(`Mass guard: much of the fleet fell silent at once, so ${number.format(sample.massGuard.held)}`
        + ' verdicts are held. Look at this machine and its network first.');
  }
  if (sample.overload && sample.overload !== 'NONE') {
    texts.push(`Overload: the server is ${sample.overload.toLowerCase()}, because of`
        + ` ${(sample.overloadCause ?? 'load').toLowerCase().replace('_', ' ')}.`);
  }
  if (texts.join() === alerts) return;
  alerts = texts.join();
  get('alerts').replaceChildren(...texts.map(text => element('p', text)));
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) charts.forEach(chart => chart.update(samples));
});

// ---- events

const KINDS = {ONLINE: 'online', SUSPECT: 'suspect', OFFLINE: 'offline', DUPLICATE_IDENTITY: 'offline'};
let lastEvent = 0;

function addEvents(events) {
  const list = get('events');
  if (events === null) {
    list.replaceChildren(element('li', 'The application keeps no events (RecentEvents).'));
    return;
  }
  for (const event of events) {
    if (event.number <= lastEvent) continue;
    if (lastEvent && event.number > lastEvent + 1) {
      list.prepend(element('li', `… ${number.format(event.number - lastEvent - 1)} more`));
    }
    lastEvent = event.number;
    const item = element('li');
    const at = element('time', new Date(event.at).toLocaleTimeString());
    at.dateTime = new Date(event.at).toISOString();
    const kind = element('span', event.kind.toLowerCase().replace('_', ' '), KINDS[event.kind]);
    item.append(at, event.node, ' ', kind, event.reason ? ` (${event.reason.toLowerCase().replaceAll('_', ' ')})` : '');
    list.prepend(item);
  }
  while (list.childElementCount > EVENTS) list.lastElementChild.remove();
}

// ---- the stream

const HANDLERS = {
  history(history) {
    samples = history.samples;
    lastEvent = 0;
    get('events').replaceChildren();
    addEvents(history.events);
    if (samples.length) showSample(samples[samples.length - 1]);
  },
  sample(sample) {
    samples = [...samples, sample].slice(-KEPT);
    addEvents(sample.events);
    showSample(sample);
  },
};

function handle(block) {
  const fields = Object.fromEntries(block.split('\n').map(line => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  }));
  HANDLERS[fields.event]?.(JSON.parse(fields.data));
}

/** Reads server-sent events by fetch, since an EventSource sends no header. */
async function read() {
  const response = await ask('api/events');
  if (!response.ok) throw new Error((await response.json()).error);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    blocks.forEach(handle);
  }
}

async function follow() {
  for (;;) {
    let why = 'no connection';
    try {
      await read();
    } catch (error) {
      why = error instanceof TypeError ? why : error.message;
    }
    get('state').textContent = `${why}; trying again`;
    get('state').className = 'pill bad';
    await new Promise(resolve => setTimeout(resolve, 2000));
  }
}

// ---- nodes

const form = get('search');
let nextAfter = null;

async function search(after) {
  const query = new URLSearchParams({limit: PAGE});
  for (const [name, value] of new FormData(form)) if (value) query.set(name, value);
  if (after) query.set('after', after);
  try {
    showPage(await json(`api/nodes?${query}`), after);
  } catch (error) {
    get('found').textContent = error.message;
    get('rows').replaceChildren();
  }
}

function showPage({nodes, next}, after) {
  nextAfter = next;
  get('next').disabled = !next;
  get('first').disabled = !after;
  get('found').textContent = nodes.length ? `${nodes.length} nodes shown${next ? ', there are more' : ''}` : 'No node found';
  get('rows').replaceChildren(...nodes.map(node => {
    const row = element('tr');
    const open = element('button', node.id);
    open.type = 'button';
    open.onclick = () => openNode(node.id);
    const id = element('td', undefined, 'id');
    id.append(open);
    row.append(id, element('td', node.state, KINDS[node.state]),
        element('td', node.rttMicros === null ? '–' : time(node.rttMicros), 'number'),
        element('td', node.address, 'number'),
        element('td', new Date(node.offlineSince ?? node.registeredAt).toLocaleString(), 'number'));
    return row;
  }));
}

form.onsubmit = event => {
  event.preventDefault();
  search(null);
};
get('next').onclick = () => search(nextAfter);
get('first').onclick = () => search(null);

// ---- one node

const dialog = get('node');
let shownNode = null;

async function openNode(id) {
  shownNode = id;
  get('node-title').textContent = id;
  get('node-result').textContent = '';
  get('node-values').replaceChildren();
  if (!dialog.open) dialog.showModal();
  try {
    showNode(await json(`api/nodes/${encodeURIComponent(id)}`));
  } catch (error) {
    get('node-result').textContent = error.message;
    get('kick').disabled = true;
  }
}

function showNode(node) {
  get('kick').disabled = node.state === 'OFFLINE';
  const values = [];
  const add = (name, value) => {
    if (value !== null && value !== undefined) values.push(element('dt', name), element('dd', value));
  };
  add('State', node.state + (node.offlineReason ? `, ${node.offlineReason}` : ''));
  add('Address', node.address);
  add('Principal', node.principal);
  add('Registered', new Date(node.registeredAt).toLocaleString());
  add('Offline since', node.offlineSince && new Date(node.offlineSince).toLocaleString());
  add('RTT', node.rttMicros === null ? null : time(node.rttMicros));
  add('Epoch', node.epoch);
  add('Incarnation', node.incarnation);
  for (const [key, value] of Object.entries(node.metadata)) add(key, value);
  for (const channel of node.channels ?? []) add(`Channel ${channel.name}`, channel.state);
  get('node-values').replaceChildren(...values);
}

get('node-close').onclick = () => dialog.close();
get('kick').onclick = async () => {
  if (!confirm(`Disconnect ${shownNode}? It does not come back by itself.`)) return;
  try {
    await json(`api/nodes/${encodeURIComponent(shownNode)}/kick`, {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}',
    });
    get('node-result').textContent = 'The node was disconnected.';
    get('kick').disabled = true;
    search(null);
  } catch (error) {
    get('node-result').textContent = error.message;
  }
};

follow();
search(null);
