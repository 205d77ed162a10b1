// Round trips of jobs with BullMQ: node clients.mjs PORT_OF_REDIS
// Each line of the input, such as {"clients": 64, "lead": 500, "counted": 2000} with times in milliseconds, is one turn. The answer
// is one line: how many calls were made, how many failed, and the latencies in microseconds of those that began after the lead.
import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connected = [];

/** Connects one more client, which uses one connection. The worker opens another one and leaves it idle. */
async function connect() {
  const connection = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]), maxRetriesPerRequest: null });
  const queue = new Queue('tasks', { connection });
  // without a function that processes jobs, jobs are taken by hand
  const worker = new Worker('tasks', undefined, { connection, autorun: false });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return { queue, worker, token: `client-${connected.length}` };
}

/** Adds a job, takes one, which may be another, and completes it. */
async function roundTrip({ queue, worker, token }) {
  await queue.add('look', { text: 'Look at a module and say what is wrong with it' });
  const job = await worker.getNextJob(token, { block: false });
  await job.moveToCompleted({ found: 'nothing' }, token, false);
}

async function turn({ clients, lead, counted }) {
  while (connected.length < clients) {
    connected.push(await connect());
  }
  const begun = performance.now();
  const result = { requests: 0, errors: 0, micros: [] };
  await Promise.all(connected.slice(0, clients).map(async (client) => {
    for (let sent = begun; sent < begun + lead + counted; sent = performance.now()) {
      result.requests++;
      try {
        await roundTrip(client);
      } catch (error) {
        result.errors++;
        console.error(error);
        return;
      }
      if (sent >= begun + lead) {
        result.micros.push(Math.round((performance.now() - sent) * 1000));
      }
    }
  }));
  return result;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await turn(JSON.parse(line))));
}
process.exit();
