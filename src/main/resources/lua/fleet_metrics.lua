-- Reads the sizes and totals that operators watch, in logarithmic time at most.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: roles to count instances of, with commas between
-- Reply {benches beside `default`, known to that one alone, instances alive, leader 0|1, term, version, tasks map of status to number, roles map of role to number, oldest map of status to the
--        ms since the oldest task is pending, assigned, or has reported progress, 0 with none, usage map of what
--        quotas limit to how much the fleet stores of it, totals map of total to number}
--- @include step/run_calls
--- @include step/count_tasks

local TOTALS = {'registrations', 'unregistrations', 'expirations', 'elections', 'tasksCreated', 'tasksCompleted', 'tasksFailed',
  'tasksDied', 'tasksCancelled'}

local USAGE = {'instances', 'tasks', 'bytes'}

local function readNumbers(key, fields)
  local numbers = {}
  for i, number in ipairs(redis.call('HMGET', key, unpack(fields))) do numbers[fields[i]] = tonumber(number or 0) end
  return numbers
end

-- the ms since the first entry of an index by time
local function ageOf(ctx, index)
  local since = tonumber(redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')[2] or nil)
  -- after a failover the clock may be behind
  return since and math.max(ctx.now - since, 0) or 0
end

return runCalls(function(ctx, rolesToCount)
  local keys, roles = ctx.keys, {}
  for role in string.gmatch(rolesToCount, '[^,]+') do roles[role] = redis.call('SCARD', keys.role .. role) end
  return {map = {
    benches = redis.call('ZCARD', keys.benches),
    instances = redis.call('ZCOUNT', keys.active, '(' .. integer(ctx.deadUntil), '+inf'),
    leader = ctx.leader and 1 or 0,
    term = ctx.term,
    version = tonumber(redis.call('HGET', keys.state, 'version') or 0),
    tasks = {map = countTasks(ctx)},
    roles = {map = roles},
    oldest = {map = {
      pending = ageOf(ctx, keys.pendingSince),
      assigned = ageOf(ctx, keys.tasks.assigned),
      in_progress = ageOf(ctx, keys.tasks.in_progress),
    }},
    usage = {map = readNumbers(ctx.keys.usage, USAGE)},
    totals = {map = readNumbers(ctx.keys.metrics, TOTALS)},
  }}
end)
