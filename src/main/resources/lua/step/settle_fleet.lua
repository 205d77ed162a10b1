-- settleFleet(ctx, liveId) does what follows a change of who is in the fleet or who has which task: it fills a leader vacancy, brings the
-- metrics up to date, and stores the global state. liveId: an instance that is known to be alive, nil for none.
--- @include elect_leader
--- @include metrics
--- @include sync_global_state
local function settleFleet(ctx, liveId)
  local elected = electLeader(ctx, liveId)
  if elected then announceLeader(ctx, elected) end
  local size = fleetSize(ctx)
  aggregateGlobalMetrics(ctx, size)
  syncGlobalState(ctx, size)
end
