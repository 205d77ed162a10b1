-- settleFleet(liveId) -> version. What follows every change of who is in the fleet: fills a leader vacancy (electLeader),
-- raises the state version and brings the metrics up to date.
--- @include elect_leader
--- @include global_state
--- @include sync_global_state
--- @include aggregate_global_metrics
local function settleFleet(liveId)
  local elected = electLeader(liveId)
  if elected then announceLeader(elected) end
  aggregateGlobalMetrics()
  return syncGlobalState(globalState()).version
end
