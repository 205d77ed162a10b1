#!lua flags=allow-oom
-- Keeps an instance alive: record, health, deadline and, if it leads, its lease. Fills a leader vacancy and gives a worker its fair share.
-- It never revives a dead instance, nor answers for another session.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: instance id, session id (may be empty)
-- Reply {alive 0|1, taken ids of the tasks that were taken from it since its last heartbeat, with blanks between}
-- Events leader.elected, task.assigned; instance.expired and those of its tasks for what the sweep removes
--- @include step/run_calls
--- @include step/sweep_expired
--- @include step/session
--- @include step/leader
--- @include step/update_gossip_health
--- @include step/auto_assign_tasks

-- After a complete sweep no dead instance is left, so the record tells enough.
local function isAliveFor(ctx, instanceId, sessionId)
  local holder, _, taken = sessionOf(ctx, instanceId)
  return holder == sessionId and (ctx.isSwept or isAlive(ctx, instanceId)), taken
end

local function renewInstance(ctx, instanceId)
  local record = ctx.keys.instance .. instanceId
  redis.call('HSET', record, 'lastSeen', ctx.nowText)
  redis.call('PEXPIREAT', record, ctx.deadline)
  redis.call('ZADD', ctx.keys.active, ctx.deadline, instanceId)
end

return runCalls(function(ctx, instanceId, sessionId)
  local refusal = refuseForeign(ctx, instanceId)
  if refusal then return refusal end
  local swept = sweepExpired(ctx)
  local alive, taken = isAliveFor(ctx, instanceId, sessionId)
  local assigned = 0
  if alive then
    renewInstance(ctx, instanceId)
    updateGossipHealth(ctx, instanceId, 'healthy')
    extendLease(ctx, instanceId)
    assigned = autoAssignTasks(ctx, instanceId)
    if taken then redis.call('HDEL', ctx.keys.instance .. instanceId, 'taken') end
  end
  if swept.expired > 0 or assigned > 0 or alive and not ctx.leader then
    --- @include step/settle_fleet
    settleFleet(ctx, alive and instanceId or nil)
  end
  return {map = {alive = alive and 1 or 0, taken = alive and taken or ''}}
end)
