#!lua
-- Adds a bench to the list of those that are swept, or brings its next sweep forward. Runs on the bench `default`, which has the list.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: name of the bench, ms until its next sweep, most benches
-- Reply {refused reason} or {added 1}
--- @include step/run_calls

return runCalls(function(ctx, name, delay, most)
  local keys = ctx.keys
  if not redis.call('ZSCORE', keys.benches, name) and redis.call('ZCARD', keys.benches) >= tonumber(most) then
    return {map = {refused = 'too_many_benches'}}
  end
  redis.call('ZADD', keys.benches, 0, name)
  redis.call('ZADD', keys.benchesDue, integer(ctx.now + delay), name)
  return {map = {added = 1}}
end)
