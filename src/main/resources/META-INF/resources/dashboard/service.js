/** Calls the service by JSON-RPC 2.0, and follows its events. */

const KEY = 'claudebench.key';
const CALL_TIMEOUT_MS = 10_000;
const MAX_BATCH = 50;
/** The service sends a comment every 15 s by default. */
const SILENCE_MS = 40_000;

/** An error that the service answered with, or null as `code` if there was no answer. */
export class CallError extends Error {
  constructor(code, message, data = {}) {
    super(message);
    this.code = code;
    this.data = data;
  }

  /** The service, or the Redis behind it, cannot be reached. */
  get isOutage() {
    return this.code === null || this.code === -32001 || this.code === -32004;
  }

  get needsKey() {
    return this.code === -32002;
  }
}

export class Service {
  /** @param bench the name of a bench, empty for the default one */
  constructor(bench) {
    this.base = bench ? `bench/${encodeURIComponent(bench)}/` : '';
  }

  /** The API key is kept for this tab only. */
  get key() {
    return sessionStorage.getItem(KEY) ?? '';
  }

  set key(key) {
    if (key) {
      sessionStorage.setItem(KEY, key);
    } else {
      sessionStorage.removeItem(KEY);
    }
  }

  /** Returns the result of a method. Throws CallError. */
  async call(method, params = {}) {
    return resultOf(await this.#post({jsonrpc: '2.0', id: 1, method, params}));
  }

  /** Returns a result or a CallError for each of any number of `[method, params]`. */
  async callAll(calls) {
    const outcomes = [];
    for (let i = 0; i < calls.length; i += MAX_BATCH) {
      outcomes.push(...await this.#callBatch(calls.slice(i, i + MAX_BATCH)));
    }
    return outcomes;
  }

  async #callBatch(calls) {
    try {
      const answers = await this.#post(calls.map(([method, params], id) => ({jsonrpc: '2.0', id, method, params})));
      return answers.map(answer => answer.error ? errorOf(answer) : answer.result);
    } catch (error) {
      if (!(error instanceof CallError)) {
        throw error;
      }
      return calls.map(() => error);
    }
  }

  async #post(body) {
    const response = await this.#fetch(`${this.base}rpc`, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const answer = await readJson(response);
    if (Array.isArray(answer) !== Array.isArray(body) || (!Array.isArray(answer) && answer.jsonrpc === undefined)) {
      // an error of HTTP, or one for a batch as a whole
      throw answer.jsonrpc === undefined ? noAnswer(response) : errorOf(answer);
    }
    return answer;
  }

  /** Returns the health checks by name, also of a service that is not ready. */
  async health() {
    const response = await this.#fetch('q/health', {signal: AbortSignal.timeout(CALL_TIMEOUT_MS)});
    const {checks} = await readJson(response);
    if (!Array.isArray(checks)) {
      throw noAnswer(response);
    }
    return Object.fromEntries(checks.map(check => [check.name, check]));
  }

  /**
   * Passes on the events after a position until the connection ends or the signal is aborted, which throws CallError.
   *
   * @param since the id of an event
   * @param follower {opened(), received({id, type, payload})}; an event has no id if it is a gap
   */
  async follow(since, follower, signal) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await this.#fetch(`${this.base}events?since=${encodeURIComponent(since)}`, {
        headers: {Accept: 'text/event-stream'},
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (!response.ok) {
        throw noAnswer(response);
      }
      follower.opened();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const {value, done} = await reader.read().catch(() => ({done: true}));
        if (done) {
          throw new CallError(null, 'The connection to the service was lost.');
        }
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        const messages = (text + value).split('\n\n');
        text = messages.pop();
        messages.map(parseEvent).filter(event => event).forEach(event => follower.received(event));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(url, options) {
    if (this.key) {
      options.headers = {...options.headers, Authorization: `Bearer ${this.key}`};
    }
    let response;
    try {
      response = await fetch(url, {...options, cache: 'no-store'});
    } catch (error) {
      throw new CallError(null, error.name === 'TimeoutError' ? 'The service did not answer in time.' : 'The service cannot be reached.');
    }
    if (response.status === 401) {
      throw new CallError(-32002, this.key ? 'The key is not accepted.' : 'The service needs a key.');
    }
    return response;
  }
}

function resultOf(answer) {
  if (answer.error) {
    throw errorOf(answer);
  }
  return answer.result;
}

function errorOf({error}) {
  return new CallError(error.code, error.message, error.data ?? {});
}

/** A proxy, or a service that starts or stops, may answer with anything. */
async function readJson(response) {
  const answer = await response.json().catch(() => null);
  if (answer === null || typeof answer !== 'object') {
    throw noAnswer(response);
  }
  return answer;
}

function noAnswer(response) {
  return new CallError(null, `The service answered with HTTP status ${response.status}.`);
}

/** Reads a message of server-sent events; returns null for a comment. */
function parseEvent(message) {
  let id = null;
  let data = null;
  for (const line of message.split('\n')) {
    if (line.startsWith('id: ')) {
      id = line.slice(4);
    } else if (line.startsWith('data: ')) {
      data = JSON.parse(line.slice(6));
    }
  }
  return data && {id, ...data};
}
