-- Reads the sizes and totals that operators watch, in logarithmic time at most.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: roles to count instances of, with commas between
-- Reply {instances alive, leader 0|1, term, version, tasks map of status to number, roles map of role to number,
--        pendingAge ms since the task that is to be given out next was created, 0 with none pending,
--        totals map of total to number}
--- @include step/run_calls
--- @include step/task_record

local TOTALS = {'registrations', 'unregistrations', 'expirations', 'elections', 'tasksCreated', 'tasksCompleted', 'tasksFailed',
  'tasksDied'}

local function readTotals(ctx)
  local totals = {}
  for i, total in ipairs(redis.call('HMGET', ctx.keys.metrics, unpack(TOTALS))) do totals[TOTALS[i]] = tonumber(total or 0) end
  return totals
end

local function pendingAge(ctx)
  local head = redis.call('ZRANGE', ctx.keys.pending, 0, 0)[1]
  local createdAt = head and tonumber(taskFields(ctx, head, 'createdAt')[1] or nil)
  -- after a failover the clock may be behind
  return createdAt and math.max(ctx.now - createdAt, 0) or 0
end

return runCalls(function(ctx, rolesToCount)
  local keys, roles = ctx.keys, {}
  for role in string.gmatch(rolesToCount, '[^,]+') do roles[role] = redis.call('SCARD', keys.role .. role) end
  return {map = {
    instances = redis.call('ZCOUNT', keys.active, '(' .. integer(ctx.deadUntil), '+inf'),
    leader = ctx.leader and 1 or 0,
    term = ctx.term,
    version = tonumber(redis.call('HGET', keys.state, 'version') or 0),
    tasks = {map = {
      pending = redis.call('ZCARD', keys.pending),
      assigned = redis.call('ZCARD', keys.assigned),
      in_progress = redis.call('ZCARD', keys.inProgress),
      dead = redis.call('ZCARD', keys.dead),
    }},
    roles = {map = roles},
    pendingAge = pendingAge(ctx),
    totals = {map = readTotals(ctx)},
  }}
end)
