#!lua
-- Registers an instance, or renews it for the session that holds it: the registration sequence, all or nothing.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: instance id, roles as a JSON array of distinct strings, session id (may be empty),
--       metadata as a JSON object, capacity (may be empty), whether the bench is listed (step/refuse_unlisted.lua)
-- Reply {unlisted 1} or {refused reason, nil if none, registered 0|1, message, becameLeader 0|1, leader id or '', term, version, assigned, total}
-- Events instance.registered, leader.elected, task.assigned, task.requeued; instance.expired and those of its tasks for what the sweep
--       removes
--- @include step/run_calls
--- @include step/refuse_unlisted
--- @include step/sweep_expired
--- @include step/emit_event
--- @include step/register_instance
--- @include step/update_gossip_health
--- @include step/sync_global_state
--- @include step/auto_assign_tasks

local function reply(ctx, registration, version, assigned, total)
  return {map = {
    registered = registration.success and 1 or 0, message = registration.message,
    becameLeader = registration.becameLeader and 1 or 0, leader = ctx.leader or '', term = ctx.term,
    version = version, assigned = assigned, total = total, refused = registration.refused,
    foreign = registration.foreign,
  }}
end

local function refuse(ctx, registration, swept)
  if swept.expired > 0 then
    --- @include step/settle_fleet
    settleFleet(ctx)
  end
  return reply(ctx, registration, tonumber(redis.call('HGET', ctx.keys.state, 'version') or 0), 0, 0)
end

return runCalls(function(ctx, instanceId, rolesJson, sessionId, metadata, capacity, isListed)
  local unlisted = refuseUnlisted(ctx, isListed)
  if unlisted then return unlisted end
  local swept = sweepExpired(ctx)
  local registration = registerInstance(ctx, instanceId, rolesJson, sessionId, metadata, capacity)
  if not registration.success then return refuse(ctx, registration, swept) end
  updateGossipHealth(ctx, instanceId, 'healthy')
  local size = fleetSize(ctx)
  local version = syncGlobalState(ctx, size)
  -- who follows the events hears of the instance before its tasks
  emitEvent(ctx, 'instance.registered', '"id":' .. jsonString(instanceId) .. ',"roles":' .. rolesJson
    .. ',"becameLeader":' .. tostring(registration.becameLeader))
  if registration.elected then
    --- @include step/elect_leader
    announceLeader(ctx, registration.elected)
  end
  local assigned = autoAssignTasks(ctx, instanceId)
  aggregateGlobalMetrics(ctx, size)
  local total = registration.isNew and assigned or redis.call('ZCARD', ctx.keys.queue .. instanceId)
  return reply(ctx, registration, version, assigned, total)
end)
