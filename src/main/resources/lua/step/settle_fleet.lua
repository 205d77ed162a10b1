-- settleFleet(liveId) -> version. What follows a change of who is in the fleet or who has which task: fills a leader vacancy
-- (electLeader), raises the state version and brings the index of unclaimed tasks and the metrics up to date. (A registration
-- does the same in the order of its own sequence.)
--- @include elect_leader
--- @include announce_leader
--- @include global_state
--- @include sync_global_state
--- @include aggregate_global_metrics
--- @include unclaimed_tasks
function step.settleFleet(liveId)
  local elected = step.electLeader(liveId)
  if elected then step.announceLeader(elected) end
  step.indexUnclaimed()
  local size = step.fleetSize()
  step.aggregateGlobalMetrics(size)
  return step.syncGlobalState(step.globalState(size)).version
end
