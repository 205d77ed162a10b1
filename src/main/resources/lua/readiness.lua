#!lua flags=allow-oom
-- Shows that scripts run and may write (a replica, a full or a failing Redis refuses that), and that the shared keys are ours.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply {now, evictionPolicy, server}: the time in ms; the maxmemory-policy, empty when the user of Redis has no right to read it;
--       the name and version of the server
--- @include step/run_calls
--- @include step/server_version
--- @include step/wrong_type

return runCalls(function(ctx)
  redis.call('SET', ctx.keys.readiness, ctx.nowText, 'PX', 1000)
  local wrong = wrongType(ctx.keys, {})
  if wrong then return {err = 'WRONGTYPE ' .. wrong} end
  local memory = redis.pcall('INFO', 'memory')
  local policy = type(memory) == 'string' and string.match(memory, 'maxmemory_policy:([%w-]+)')
  return {map = {now = ctx.now, evictionPolicy = policy or '', server = serverVersion()}}
end)
