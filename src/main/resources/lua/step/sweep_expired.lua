-- expireInstance(instanceId) removes an instance whose deadline has passed and emits instance.expired.
-- sweepExpired() -> how many were expired, at most SWEEP_BATCH: the longest dead first. Fills the vacancy when the
-- leader was among them, and raises the state version.
--- @include keys
--- @include clock
--- @include emit_event
--- @include remove_instance
--- @include elect_leader
--- @include global_state
--- @include sync_global_state
--- @include aggregate_global_metrics
local SWEEP_BATCH = 100

local function expireInstance(instanceId)
  local requeued = removeInstance(instanceId)
  redis.call('HINCRBY', metricsKey, 'expirations', 1)
  emitEvent('instance.expired', {'id', instanceId, 'tasksRequeued', requeued})
end

local function sweepExpired()
  local expired = redis.call('ZRANGEBYSCORE', activeKey, '-inf', now, 'LIMIT', 0, SWEEP_BATCH)
  if #expired == 0 then return 0 end
  for _, instanceId in ipairs(expired) do
    expireInstance(instanceId)
  end
  local elected = electLeader()
  if elected then announceLeader(elected) end
  syncGlobalState(globalState())
  aggregateGlobalMetrics()
  return #expired
end
