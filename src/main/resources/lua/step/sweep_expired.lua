-- expireInstance(instanceId) -> how many of its tasks went back to pending. Removes an instance whose deadline has passed
-- and emits instance.expired.
-- sweepExpired() -> {expired, requeued}: how many of the dead instances were expired, and how many tasks went back; it stops
-- early once those are REQUEUE_BATCH, so that a fleet that dies at work does not keep Redis from everybody else. It only clears
-- away: who calls it settles the fleet afterwards (settle_fleet.lua).
--- @include keys
--- @include clock
--- @include emit_event
--- @include remove_instance
--- @include dead_instances
local REQUEUE_BATCH = 200

local function expireInstance(instanceId)
  local requeued = removeInstance(instanceId)
  redis.call('HINCRBY', metricsKey, 'expirations', 1)
  emitEvent('instance.expired', {'id', instanceId, 'tasksRequeued', #requeued, 'tasks', jsonStrings(requeued)})
  return #requeued
end

local function sweepExpired()
  local expired, requeued = 0, 0
  for _, instanceId in ipairs(deadInstances()) do
    if requeued >= REQUEUE_BATCH then break end
    requeued = requeued + expireInstance(instanceId)
    expired = expired + 1
  end
  return {expired = expired, requeued = requeued}
end
