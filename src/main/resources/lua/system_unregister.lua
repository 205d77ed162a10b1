#!lua flags=allow-oom
-- Removes an instance: its tasks are pending again in their old order, and leadership passes on at once.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: instance id, session id (may be empty)
-- Reply {unregistered 0|1, tasksReassigned}: 0 while a live instance of another session holds the id; 1 also when there was no such
--       instance
-- Events instance.unregistered, task.requeued, leader.elected; instance.expired if its deadline had passed already
--- @include step/run_calls
--- @include step/session
--- @include step/remove_instance
--- @include step/settle_fleet

local function reply(unregistered, requeued)
  return {map = {unregistered = unregistered, tasksReassigned = requeued}}
end

return runCalls(function(ctx, instanceId, sessionId)
  local refusal = refuseForeign(ctx, instanceId)
  if refusal then return refusal end
  if not redis.call('ZSCORE', ctx.keys.active, instanceId) then return reply(1, 0) end
  local requeued
  if not isAlive(ctx, instanceId) then
    requeued = expireInstance(ctx, instanceId)
  elseif sessionOf(ctx, instanceId) ~= sessionId then
    return reply(0, 0)
  else
    local tasks = removeInstance(ctx, instanceId, false)
    requeued = #tasks
    count(ctx, 'unregistrations')
    emitEvent(ctx, 'instance.unregistered', jsonMembers({'id', instanceId, 'tasksReassigned', requeued, 'tasks', jsonStrings(tasks)}))
  end
  settleFleet(ctx)
  return reply(1, requeued)
end)
