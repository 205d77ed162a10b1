-- Shows that scripts run and may write (a replica, a full or a failing Redis refuses that), and that the shared keys are ours.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply {now}: the time in ms
--- @include step/run_calls
--- @include step/wrong_type

return runCalls(function(ctx)
  redis.call('SET', ctx.keys.readiness, ctx.nowText, 'PX', 1000)
  local wrong = wrongType(ctx.keys, {})
  if wrong then return {err = 'WRONGTYPE ' .. wrong} end
  return {map = {now = ctx.now}}
end)
