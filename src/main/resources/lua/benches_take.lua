#!lua flags=allow-oom
-- Takes the benches whose sweep is due, so that no other replica sweeps them, or one of any name. If the sweep fails, they are due again later.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: most benches, ms until they are due again, longest time in ms that any is not due,
--       name of the bench to take (empty for those due)
-- Reply {names, taken}: the benches; the time when they are due again, which says later whether that has been changed (benches_keep.lua)
--- @include step/run_calls

-- the second ones are due in a future that has gone since the clock was set back
local function dueBenches(ctx, most, longest)
  local due = ctx.keys.benchesDue
  local names = redis.call('ZRANGEBYSCORE', due, '-inf', ctx.nowText, 'LIMIT', 0, most)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', due, '(' .. integer(ctx.now + longest), '+inf', 'LIMIT', 0, most - #names)) do
    names[#names + 1] = name
  end
  return names
end

return runCalls(function(ctx, most, again, longest, name)
  local names = name ~= '' and {name} or dueBenches(ctx, most, longest)
  local taken = integer(ctx.now + again)
  for _, one in ipairs(names) do redis.call('ZADD', ctx.keys.benchesDue, 'XX', taken, one) end
  return {map = {names = names, taken = taken}}
end)
