/**
 * What the page knows of the fleet, brought up to date by events and by polling. Each change calls `changed`.
 *
 * All tasks are read page by page once. From then on an event names the task or instance that has changed, and its record is read
 * again: the page derives nothing that the service can tell. When more has changed than can be read one by one, or events were
 * missed (a gap), all is read again.
 */
import {CallError, Service} from './service.js';

const POLL_MS = 2_000;
const LIST_INSTANCES_MS = 5_000;
const HEALTH_MS = 5_000;
const LIST_BENCHES_MS = 5_000;
/** Reads the changed tasks: at most 50 each time, below the rate limit of task.get. */
const READ_CHANGES_MS = 700;
const MOST_CHANGES = 50;
/** With more changed tasks than this, reading all pages again is less work. */
const TOO_MANY_CHANGES = 2_000;
/** No event tells that an ended task is no longer kept. */
const RELOAD_MS = 600_000;
const RETRY_MS = 1_000;
const PAGE = 1_000;

export class Fleet {
  /** Of this tab's session: who may do what; null until the service has said so. */
  caller = null;
  /** id → record of system.list_instances */
  instances = new Map();
  /** id → record of task.list, in the order of creation */
  tasks = new Map();
  /** Rises with each change of a task. */
  revision = 0;
  leader = null;
  /** The numbers of tasks by status; null until known. */
  counts = null;
  /** The health checks of the replica that answered, by name. */
  health = {};
  /** The names of the benches beside `default`. */
  benches = [];
  /** The result of task.get for `shownTask`, or the CallError. */
  detail = null;
  /** How many tasks are read so far while the first pages are read, else null. */
  loading = 0;
  /** `connecting`, `live`, `lost`, or `key` when one is needed. */
  connection = 'connecting';
  /** Why the connection is not live. */
  problem = '';
  /** When the service answered last, by the clock of this machine; null before. */
  confirmedAt = null;

  #service;
  #changed;
  #end = new AbortController();
  #skew = 0;
  #since = null;
  #staleTasks = new Set();
  #shownTask = null;
  #isFollowing = false;
  #isListDue = true;
  #isReloadDue = false;

  /** @param bench the name of a bench, empty for the default one */
  constructor(bench, changed) {
    this.bench = bench;
    this.#service = new Service(bench);
    this.#changed = changed;
  }

  start() {
    this.#repeat(POLL_MS, () => this.#poll());
    this.#repeat(LIST_INSTANCES_MS, () => this.#listInstances());
    this.#repeat(HEALTH_MS, () => this.#readHealth());
    this.#repeat(LIST_BENCHES_MS, () => this.#listBenches());
    this.#repeat(READ_CHANGES_MS, () => this.#readChanges());
    this.#follow();
  }

  stop() {
    this.#end.abort();
  }

  /** The time of Redis, as far as this page knows it, in ms since 1970. */
  now() {
    return Date.now() - this.#skew;
  }

  may(permission) {
    return this.caller?.permissions.includes(permission) ?? false;
  }

  /** Calls a method for the user. Throws CallError. */
  async call(method, params) {
    return this.#service.call(method, params);
  }

  /** Calls many methods for the user; returns a result or a CallError for each. */
  async callAll(calls) {
    return this.#service.callAll(calls);
  }

  get hasKey() {
    return this.#service.key !== '';
  }

  /** Changes who this page is, and begins anew. */
  useKey(key) {
    this.#service.key = key;
    location.reload();
  }

  /** Keeps `detail` up to date for this task; null for none. */
  showTask(id) {
    if (id !== this.#shownTask) {
      this.#shownTask = id;
      this.detail = null;
      this.refreshTask(id);
    }
  }

  /** Reads a task again soon. */
  refreshTask(id) {
    if (id) {
      this.#staleTasks.add(id);
    }
  }

  /** Runs now, and again a time after each end, until the page is left. */
  async #repeat(pause, task) {
    while (!this.#end.signal.aborted) {
      if (this.connection !== 'key' && !(document.hidden && this.confirmedAt)) {
        await task().catch(error => this.#failed(error));
      }
      await new Promise(resolve => setTimeout(resolve, pause));
    }
  }

  #failed(error) {
    if (!(error instanceof CallError)) {
      throw error;
    }
    if (error.needsKey) {
      this.connection = 'key';
    } else if (error.isOutage || this.confirmedAt === null) {
      this.connection = 'lost';
    }
    this.problem = error.message;
    this.#changed();
  }

  async #poll() {
    const caller = this.caller ?? await this.call('system.whoami');
    const state = await this.call('system.get_state', {limit: 1});
    this.#skew = Date.now() - state.readAt;
    this.caller = caller;
    this.leader = state.leader;
    this.counts = state.totals.tasks;
    if (this.#shownTask) {
      this.#staleTasks.add(this.#shownTask);
    }
    this.#confirm();
  }

  #confirm() {
    this.confirmedAt = Date.now();
    if (this.#isFollowing) {
      this.connection = 'live';
      this.problem = '';
    }
    this.#changed();
  }

  async #listInstances() {
    const found = new Map();
    for await (const page of this.#pages('system.list_instances')) {
      page.instances.forEach(instance => found.set(instance.id, instance));
    }
    this.instances = found;
    this.#isListDue = false;
    this.#changed();
  }

  async #readHealth() {
    this.health = await this.#service.health();
    this.#changed();
  }

  async #listBenches() {
    this.benches = (await this.call('bench.list', {limit: PAGE})).benches;
    this.#changed();
  }

  async* #pages(method) {
    let cursor;
    do {
      const page = await this.call(method, {limit: PAGE, cursor});
      yield page;
      cursor = page.cursor;
    } while (cursor && !this.#end.signal.aborted);
  }

  /** Reads all, then follows the events from before; begins again wherever that ends. */
  async #follow() {
    while (!this.#end.signal.aborted && this.connection !== 'key') {
      try {
        if (this.#since === null) {
          await this.#load();
        }
        await this.#service.follow(this.#since, {
          opened: () => {
            this.#isFollowing = true;
            this.#poll().catch(error => this.#failed(error));
          },
          received: event => this.#receive(event),
        }, this.#end.signal);
      } catch (error) {
        this.#isFollowing = false;
        this.#failed(error);
      }
      await new Promise(resolve => setTimeout(resolve, RETRY_MS));
    }
  }

  async #load() {
    const {recentEvents} = await this.call('system.get_state', {limit: 1});
    // What changes while the pages are read is named by later events.
    this.#staleTasks.clear();
    this.#isReloadDue = false;
    const isFirst = this.tasks.size === 0;
    const tasks = isFirst ? this.tasks : new Map();
    for await (const page of this.#pages('task.list')) {
      page.tasks.forEach(task => tasks.set(task.id, task));
      if (isFirst) {
        this.loading = tasks.size;
        this.#tasksChanged();
      }
    }
    this.tasks = tasks;
    this.loading = null;
    this.refreshTask(this.#shownTask);
    this.#since = recentEvents[0]?.id ?? '0';
    this.#tasksChanged();
    setTimeout(() => this.#isReloadDue = true, RELOAD_MS);
  }

  #tasksChanged() {
    this.revision++;
    this.#changed();
  }

  #receive({id, type, payload}) {
    if (type === 'gap') {
      this.#isReloadDue = true;
      return;
    }
    this.#since = id ?? this.#since;
    if (type.startsWith('task.')) {
      this.#staleTasks.add(payload.id);
    } else {
      this.#isListDue = true;
    }
  }

  /** Reads what events named. */
  async #readChanges() {
    if (this.#isListDue && this.caller) {
      await this.#listInstances();
    }
    if (this.loading !== null) {
      return;
    }
    if (this.#isReloadDue || this.#staleTasks.size > TOO_MANY_CHANGES) {
      await this.#load();
      return;
    }
    const ids = [...this.#staleTasks].slice(0, MOST_CHANGES);
    if (ids.length === 0) {
      return;
    }
    const found = await this.callAll(ids.map(taskId => ['task.get', {taskId}]));
    found.forEach((result, i) => this.#store(ids[i], result));
    this.#tasksChanged();
  }

  #store(id, result) {
    if (result instanceof CallError && result.data.reason !== 'task_not_found') {
      throw result;
    }
    this.#staleTasks.delete(id);
    if (result instanceof CallError) {
      this.tasks.delete(id);
    } else {
      this.tasks.set(id, result.task);
    }
    if (id === this.#shownTask) {
      this.detail = result;
    }
  }
}
