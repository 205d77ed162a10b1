-- Reads a live instance.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: instance id
-- Reply {refused reason} or the map of the instance's fields
--- @include step/run_calls
--- @include step/session
--- @include step/instance_record

return runCalls(function(ctx, instanceId)
  return isAlive(ctx, instanceId) and instanceRecord(ctx, instanceId) or {map = {refused = 'instance_not_found'}}
end)
