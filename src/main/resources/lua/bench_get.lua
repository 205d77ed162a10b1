#!lua flags=allow-oom
-- Reads the size of a bench.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: 1 for a bench that is always there, else 0
-- Reply {refused reason} or {instances alive, tasks map of status to number, leader id or '', term, version}
--- @include step/run_calls
--- @include step/count_tasks

return runCalls(function(ctx, isAlwaysThere)
  local version = redis.call('HGET', ctx.keys.state, 'version')
  if not version and isAlwaysThere == '0' then return {map = {refused = 'bench_not_found'}} end
  return {map = {
    instances = redis.call('ZCOUNT', ctx.keys.active, '(' .. integer(ctx.deadUntil), '+inf'),
    tasks = {map = countTasks(ctx)},
    leader = ctx.leader or '',
    term = ctx.term,
    version = tonumber(version or 0),
  }}
end)
