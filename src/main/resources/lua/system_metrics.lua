#!lua flags=allow-oom
-- Reads the global metrics.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua
-- Reply map of counter to number
--- @include step/run_calls

return runCalls(function(ctx)
  local numbers = {}
  local counters = redis.call('HGETALL', ctx.keys.metrics)
  for i = 1, #counters, 2 do numbers[counters[i]] = tonumber(counters[i + 1]) end
  return {map = numbers}
end)
