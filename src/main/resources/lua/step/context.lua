-- The context of a call: what all of its steps share. Each step is given it as `ctx`.
-- newContext(keys, settings, micros) -> {
--   keys: the names of the keys (keys.lua),
--   settings: {ttl, capacity, streamLength, retention, maxAttempts, maxRoleSets, idempotencyTtl}, times in ms,
--   nowMicros, now, nowText: the time of the call, in microseconds, in ms, and in ms as text. Redis writes a number that a script
--     gives to a command with 17 digits, which takes longer than most commands do, so times are given as text,
--   deadline: until when an instance lives that is seen now, in ms, as text}
-- Steps note there what later steps need: ctx.leader and ctx.term (leader.lua), ctx.moreDead (sweep_expired.lua), ctx.tasksMoved and
-- ctx.touched (task_queues.lua), ctx.moves (take_tasks.lua), ctx.deadWorkers (live_workers.lua).
--- @include json
local function newContext(keys, settings, micros)
  local now = math.floor(micros / 1000)
  return {
    keys = keys,
    settings = settings,
    nowMicros = micros,
    now = now,
    nowText = integer(now),
    deadline = integer(now + settings.ttl),
    moves = {},
    touched = {},
  }
end
