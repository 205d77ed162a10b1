#!lua flags=allow-oom
-- Says when a bench that was taken (benches_take.lua) is due again, or that nothing is left of it. Nothing changes if it was added or taken
-- meanwhile.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: name of the bench, when it was due again after it was taken, ms until its next sweep (empty
--       when nothing is left)
-- Reply {kept 0|1}
--- @include step/run_calls

return runCalls(function(ctx, name, taken, delay)
  local keys = ctx.keys
  if tonumber(redis.call('ZSCORE', keys.benchesDue, name) or nil) ~= tonumber(taken) then return {map = {kept = 0}} end
  if delay == '' then
    redis.call('ZREM', keys.benchesDue, name)
    redis.call('ZREM', keys.benches, name)
  else
    redis.call('ZADD', keys.benchesDue, integer(ctx.now + delay), name)
  end
  return {map = {kept = 1}}
end)
