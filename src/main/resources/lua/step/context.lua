-- The context of a run: what the steps of its calls share. Each step is given it as `ctx`.
-- newContext() -> {
--   keys: the names of the keys (keys.lua),
--   settings: {ttl, capacity, streamLength, retention, retentionCount, maxAttempts, quotas as JSON, idempotencyTtl, longestSilence, lease,
--     firstBackoff, longestBackoff}, times in ms (ARGV, run_calls.lua). Text, but for those that are compared: arithmetic and commands
--     take text, and few runs need any of them,
--   nowMicros, now, nowText: the time, in microseconds, in ms, and in ms as text. Redis writes a number that a script gives to a
--     command with 17 digits, which takes longer than most commands do, so times are given as text,
--   deadline: until when an instance lives that is seen now, in ms, as text,
--   leader, term: the id of the leader, nil when there is none, and the newest term,
--   lastRun: when a script last noted that it ran (run_calls.lua), in ms, nil when none has,
--   deadUntil: instances with a deadline until then, in ms, are dead}
-- run_calls.lua adds `news`: what the service logs of the run. For each call it has `by`: the principal, empty for an anonymous caller, and `ownsAll`: whether it may act for the instances of others.
-- Steps note there what later steps need: ctx.isSwept (sweep_expired.lua), ctx.isGraceIncomplete (grace.lua), ctx.moved: the statuses whose
-- number of tasks has changed, each with true (task_queues.lua), and ctx.trimmed: the keys of rate limits that this run has trimmed (admit.lua).
--- @include integer
--- @include keys
local function newContext()
  local time, ttl, keys = redis.call('TIME'), tonumber(ARGV[1]), keysOf(KEYS[1])
  local micros = time[1] * 1000000 + time[2]
  local now = math.floor(micros / 1000)
  local found = redis.call('MGET', keys.leader, keys.term, keys.lastRun)
  local ctx = {
    keys = keys,
    settings = {
      ttl = ttl, capacity = ARGV[2], streamLength = ARGV[3], retention = ARGV[4], retentionCount = ARGV[5], maxAttempts = ARGV[6],
      quotas = ARGV[7], idempotencyTtl = ARGV[8], longestSilence = tonumber(ARGV[9]), lease = ARGV[10],
      firstBackoff = ARGV[11], longestBackoff = ARGV[12],
    },
    nowMicros = micros,
    now = now,
    nowText = integer(now),
    deadline = integer(now + ttl),
    leader = found[1] or nil,
    term = tonumber(found[2] or 0),
    lastRun = tonumber(found[3] or nil),
    deadUntil = now,
    moved = {},
    trimmed = {},
  }
  if ctx.lastRun and (now < ctx.lastRun or now - ctx.lastRun > ctx.settings.longestSilence) then
    --- @include grace
    grantGrace(ctx)
  end
  return ctx
end
