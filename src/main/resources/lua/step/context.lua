-- The context of a run: what the steps of its calls share. Each step is given it as `ctx`.
-- newContext() -> {
--   keys: the names of the keys (keys.lua),
--   settings: {ttl, capacity, streamLength, retention, maxAttempts, maxRoleSets, idempotencyTtl}, times in ms (ARGV, run_calls.lua),
--   nowMicros, now, nowText: the time, in microseconds, in ms, and in ms as text. Redis writes a number that a script gives to a
--     command with 17 digits, which takes longer than most commands do, so times are given as text,
--   deadline: until when an instance lives that is seen now, in ms, as text}
-- Steps note there what later steps need: ctx.leader and ctx.term (leader.lua), ctx.isSwept (sweep_expired.lua), ctx.tasksMoved and
-- ctx.touched (task_queues.lua), ctx.moves (take_tasks.lua), ctx.deadWorkers (live_workers.lua), and
-- ctx.trimmed: the keys of rate limits that this run has trimmed (admit.lua).
--- @include json
--- @include keys
local function newContext()
  local time, ttl = redis.call('TIME'), tonumber(ARGV[1])
  local micros = time[1] * 1000000 + time[2]
  local now = math.floor(micros / 1000)
  return {
    keys = keysOf(KEYS[1]),
    settings = {
      ttl = ttl, capacity = tonumber(ARGV[2]), streamLength = ARGV[3], retention = tonumber(ARGV[4]),
      maxAttempts = tonumber(ARGV[5]), maxRoleSets = tonumber(ARGV[6]), idempotencyTtl = ARGV[7],
    },
    nowMicros = micros,
    now = now,
    nowText = integer(now),
    deadline = integer(now + ttl),
    moves = {},
    touched = {},
    trimmed = {},
  }
end
