#!lua flags=allow-oom
-- The leader resigns: leadership passes on at once to another eligible instance.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: instance id, session id (may be empty)
-- Reply {resigned 0|1}: 0, with nothing changed, when the instance does not lead, another session holds it, or nobody else is eligible
-- Events leader.elected
--- @include step/run_calls
--- @include step/session
--- @include step/settle_fleet

return runCalls(function(ctx, instanceId, sessionId)
  local refusal = refuseForeign(ctx, instanceId)
  if refusal then return refusal end
  if ctx.leader ~= instanceId or sessionOf(ctx, instanceId) ~= sessionId then return {map = {resigned = 0}} end
  local successor = firstCandidate(ctx, instanceId)
  if not successor or not isEligible(ctx, successor) then return {map = {resigned = 0}} end
  redis.call('DEL', ctx.keys.leader)
  ctx.leader = nil
  announceLeader(ctx, elect(ctx, successor))
  settleFleet(ctx)
  return {map = {resigned = 1}}
end)
